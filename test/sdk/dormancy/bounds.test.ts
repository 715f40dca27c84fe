import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DormancyTable } from '../../../src/sdk/database/dormancy.js';
import { PruningTable } from '../../../src/sdk/database/pruning.js';
import { Prune } from '../../../src/sdk/dormancy/prune.js';
import { Sweep, type SweepParts } from '../../../src/sdk/dormancy/sweep.js';
import { ValetError } from '../../../src/sdk/errors.js';
import { toldTo } from '../../../src/sdk/telemetry.js';
import { archivedAgain } from '../../support/archives.js';
import { activeProject, emptied, everything, type TestRows, testRows } from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
beforeEach(() => emptied(rows));
afterAll(() => rows[Symbol.asyncDispose]());

const scope = { olderThanSecs: 0, limit: 100 };
const blown = new ValetError('fuse_blown', 'A machine is quarantined.');
const intact = { assertIntact: async () => undefined };

function sweeping(parts: Partial<SweepParts>): Sweep {
  const dormancy = new DormancyTable(rows.database.db);
  return new Sweep({
    dormancy,
    journey: { archive: async () => undefined },
    fuse: intact,
    thresholdSecs: 1,
    telemetry: toldTo([]),
    ...parts,
  });
}

it('G13: a sweep asks the fuse before it archives anything, and stops where it is blown', async () => {
  await activeProject(rows, 'demo');
  const archived: string[] = [];
  const journey = { archive: async ({ id }: { id: string }) => void archived.push(id) };
  const fuse = { assertIntact: () => Promise.reject(blown) };
  await expect(sweeping({ journey, fuse }).run(scope, 'sweep@test')).rejects.toBe(blown);
  expect(archived).toEqual([]);
});

it('G13: the fuse is asked again for each batch, since a sweep may last', async () => {
  await rows.database.db.query(
    `insert into projects (id, state, region, machine_id, deploy_key_sealed, last_active_at)
     select 'p-' || n, 'active', 'sjc', 'm', 'sealed', valet_now() - interval '1 day' from generate_series(1, 150) n`,
  );
  let asked = 0;
  let archived = 0;
  const fuse = {
    assertIntact: async () => {
      asked += 1;
      if (asked === 2) throw blown;
    },
  };
  const journey = { archive: async () => void archived++ };
  await expect(sweeping({ journey, fuse }).run({ ...scope, limit: 1000 }, 'sweep@test')).rejects.toBe(blown);
  expect(archived).toBe(100);
});

it('a sweep that is stopped archives nothing more, and says what it has archived', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await activeProject(rows, id);
  const stop = new AbortController();
  let begun = 0;
  const journey = {
    archive: async () => {
      begun += 1;
      if (begun === 4) stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const result = await sweeping({ journey }).run(scope, 'sweep@test', stop.signal);
  expect(begun).toBe(4);
  expect(result.archived).toHaveLength(4);
});

it.each([
  [undefined, 4],
  [1, 1],
  [6, 6],
])('with a concurrency of %s, no more than %d projects are archived at a time', async (concurrency, expected) => {
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await activeProject(rows, id);
  let running = 0;
  let most = 0;
  const journey = {
    archive: async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    },
  };
  await sweeping({ journey }).run({ ...scope, concurrency }, 'sweep@test');
  expect(most).toBe(expected);
});

it('G13: deleting archives asks the fuse first; blown, nothing is marked and nothing deleted', async () => {
  await activeProject(rows, 'demo');
  await archivedAgain(rows, 'demo');
  await rows.database.db.query('update projects set current_archive_id = null, state = $1', ['lost']);
  const deletedKeys: string[] = [];
  const prune = new Prune({
    pruning: new PruningTable(rows.database.db),
    store: { delete: async (key) => void deletedKeys.push(key) },
    fuse: { assertIntact: () => Promise.reject(blown) },
    retention: { kept: 0, deletedProjectSecs: 0 },
    actor: 'prune@test',
  });
  const before = await everything(rows);
  await expect(prune.pass(new AbortController().signal)).rejects.toBe(blown);
  expect(await everything(rows)).toEqual(before);
  expect(deletedKeys).toEqual([]);
});
