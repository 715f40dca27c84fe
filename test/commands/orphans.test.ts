import { expect, test } from 'vitest';
import OrphansKeep from '../../src/commands/orphans/keep.js';
import OrphansList from '../../src/commands/orphans/list.js';
import OrphansRemove from '../../src/commands/orphans/remove.js';
import type { OrphanIds, OrphanResult } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { ago, FakeValet, sampleOrphan } from '../support/fake-valet.js';

const hour = 3600;
const orphans = [
  sampleOrphan({ first_seen_at: ago(2 * hour), detail: 'no row knows it' }),
  sampleOrphan({ id: 'vol_4qdoz2k7', kind: 'volume', first_seen_at: ago(hour), project_id: 'demo', verdict: 'keep' }),
  sampleOrphan({ id: 'e82d', first_seen_at: ago(60), confirmed_at: null, reason: 'other_project' }),
  sampleOrphan({ id: 'e82e', first_seen_at: ago(60), verdict: 'remove', reason: 'larger_epoch' }),
];

function listing(found: typeof orphans): FakeValet {
  return new FakeValet({ orphans: { list: async () => ({ orphans: found }) } });
}

const failed = [{ id: 'e82d', code: 'state_changed', reason: 'It was seen, but not yet for long enough.' }];

function judging(result: OrphanResult, asked: unknown[] = []): FakeValet {
  const judge = async (input: OrphanIds) => {
    asked.push(input);
    return result;
  };
  return new FakeValet({ orphans: { keep: judge, remove: judge } });
}

test('orphans list fits 80 columns, and says what stops work and how it goes on', async () => {
  const ran = await runCommand(OrphansList, [], { valet: listing(orphans), columns: 80 });
  expect(ran.stdout).toBe(
    [
      'ID              KIND     STATUS         SINCE      PROJECT  WHY',
      '3d8d7949b0d089  machine  stops work     2 h ago    -        no row of ours: no …',
      'vol_4qdoz2k7    volume   kept           1 h ago    demo     no row of ours',
      'e82d            machine  suspected      1 min ago  -        serves another proj…',
      'e82e            machine  being removed  1 min ago  -        is ahead of its row',
      '',
    ].join('\n'),
  );
  expect(ran.stderr).toBe('Nothing is destroyed because of 1 until "valet orphans remove" or "valet orphans keep".\n');
});

test('orphans list is ids alone with --quiet, and the whole list with --json', async () => {
  const quiet = await runCommand(OrphansList, ['-q'], { valet: listing(orphans) });
  expect(quiet.stdout).toBe('3d8d7949b0d089\nvol_4qdoz2k7\ne82d\ne82e\n');
  const json = await runCommand(OrphansList, ['--json'], { valet: listing(orphans) });
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toEqual({ orphans });
});

test('orphans list of nothing prints nothing on stdout', async () => {
  expect(await runCommand(OrphansList, [], { valet: listing([]) })).toEqual({
    stdout: '',
    stderr: 'No orphans.\n',
    exitCode: 0,
  });
});

test('orphans keep takes several ids, and ends with 6 when some could not be', async () => {
  const asked: unknown[] = [];
  const valet = judging({ done: ['vol_4qdoz2k7'], failed }, asked);
  const ran = await runCommand(OrphansKeep, ['vol_4qdoz2k7', 'e82d'], { valet, columns: 80 });
  expect(asked).toEqual([{ ids: ['vol_4qdoz2k7', 'e82d'] }]);
  expect(ran.exitCode).toBe(6);
  expect(ran.stdout).toBe(
    [
      'ID            OUTCOME  WHY',
      'vol_4qdoz2k7  kept',
      'e82d          failed   state_changed: It was seen, but not yet for long enough.',
      '',
    ].join('\n'),
  );
});

test('orphans remove ends with 6 when some could not be', async () => {
  const ran = await runCommand(OrphansRemove, ['e82d', '--yes', '--json'], { valet: judging({ done: [], failed }) });
  expect(ran.exitCode).toBe(6);
  expect(JSON.parse(ran.stdout)).toEqual({ done: [], failed });
});

test.each([
  ['keep', OrphansKeep],
  ['remove', OrphansRemove],
] as const)('orphans %s without an id, or with a flag that it does not have, asks nothing', async (_name, command) => {
  const asked: unknown[] = [];
  for (const argv of [[], ['e82d', '--nope']]) {
    const ran = await runCommand(command, argv, { valet: judging({ done: [], failed: [] }, asked), typed: 'y' });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  }
  expect(asked).toEqual([]);
});
