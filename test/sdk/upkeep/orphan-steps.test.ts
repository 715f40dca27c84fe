import { expect, it } from 'vitest';
import { ValetError } from '../../../src/sdk/errors.js';
import { Running } from '../../../src/sdk/running.js';
import type { OrphanStep } from '../../../src/sdk/steps.js';
import { DirectOrphans } from '../../../src/sdk/upkeep/orphan-calls.js';

/** Knows no orphan: each look finds nothing, or what is thrown. */
function orphans(find: (id: string) => Promise<undefined>) {
  const unexpected = () => Promise.reject(new Error('not expected'));
  return new DirectOrphans({
    quarantine: { find, list: unexpected, keep: unexpected },
    orphans: { rowOf: unexpected, removeOwn: unexpected, removeMachine: unexpected, removeVolume: unexpected },
    fly: { getMachine: unexpected, getVolume: unexpected },
    own: { environment: 'test', flyApp: 'projects' },
    volumePrefix: 'vtest_',
    running: new Running(),
    actor: () => 'operator@test',
  });
}

it('the removal of orphans tells of each what became of it, and its result is that of the call without steps', async () => {
  const direct = orphans(async (id) => {
    if (id === 'b') throw new ValetError('database_unavailable', 'The database does not answer.');
    return undefined;
  });
  const told: OrphanStep[] = [];
  for await (const step of direct.removeSteps({ ids: ['a', 'b', 'a'] })) told.push(step);
  const failed = (id: string, code: string) => ({ kind: 'orphan', outcome: 'failed', id, code });
  expect(told).toMatchObject([
    { kind: 'planned', total: 2 },
    failed('a', 'not_found'),
    failed('b', 'database_unavailable'),
    { kind: 'done', result: { done: [], failed: [{ id: 'a' }, { id: 'b' }] } },
  ]);
  expect(told.at(-1)).toEqual({ kind: 'done', result: await direct.remove({ ids: ['a', 'b'] }) });
});

it('whoever leaves the removal stops it between two orphans', async () => {
  const looked: string[] = [];
  const direct = orphans(async (id) => {
    looked.push(id);
    await new Promise((resolve) => setImmediate(resolve));
    return undefined;
  });
  const stop = new AbortController();
  const following = (async () => {
    for await (const step of direct.removeSteps({ ids: ['a', 'b', 'c'] }, { signal: stop.signal }))
      if (step.kind === 'orphan') stop.abort(new Error('enough'));
  })();
  await expect(following).rejects.toThrow('enough');
  expect(looked.length).toBeLessThan(3);
});
