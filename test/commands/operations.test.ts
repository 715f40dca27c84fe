import { expect, test } from 'vitest';
import MachinesList from '../../src/commands/machines/list.js';
import PoolReplenish from '../../src/commands/pool/replenish.js';
import Route from '../../src/commands/route.js';
import SweepPlan from '../../src/commands/sweep/plan.js';
import SweepRun from '../../src/commands/sweep/run.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { ReplenishResult, SweepOptions, SweepResult } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { ago, FakeValet, sampleMachine, sampleSweep } from '../support/fake-valet.js';

const busy = { id: 'shop', code: 'machine_busy', reason: 'A deploy is running.' };
const broken = { id: 'blog', code: 'archive_unproven', reason: 'The checksum differs.' };

function sweeping(result: Partial<SweepResult>, asked: unknown[] = []): FakeValet {
  const run = async (options?: SweepOptions) => {
    asked.push(options);
    return sampleSweep(result);
  };
  return new FakeValet({ sweep: { run } });
}

function replenishing(result: Partial<ReplenishResult>): FakeValet {
  const replenish = async () => ({ skipped: null, ready: [], failed: [], ...result });
  return new FakeValet({ pool: { replenish } });
}

test('machines list shows names, owners and what Fly reports', async () => {
  const machines = [
    sampleMachine({ created_at: ago(7200) }),
    sampleMachine({ id: '8', state: 'assigned', project_id: 'demo' }),
  ];
  const valet = new FakeValet({ machines: { list: async () => ({ machines, next_cursor: null }) } });
  const ran = await runCommand(MachinesList, [], { valet, columns: 80 });
  expect(ran.stdout.split('\n').slice(0, 2)).toEqual([
    'NAME          STATE     PROJECT  REGION  FLY ID          FLY STATE  AGE',
    'valet-prod-7  ready     -        fra     148e4d7dc14e89  started    2 h',
  ]);
  expect((await runCommand(MachinesList, ['--quiet'], { valet })).stdout).toBe('7\n8\n');
});

test('pool replenish ends with 6 when some machines failed', async () => {
  const ran = await runCommand(PoolReplenish, [], { valet: replenishing({ ready: ['7'], failed: [broken] }) });
  expect(ran.exitCode).toBe(6);
  expect(ran.stdout).toMatch(/^7 +ready$/m);
  expect(ran.stdout).toMatch(/^blog +failed +archive_unproven: The checksum differs\.$/m);
});

test('pool replenish that had nothing to do says so, and ends with 0', async () => {
  const skipped = 'Another instance is replenishing.';
  expect((await runCommand(PoolReplenish, [], { valet: replenishing({ skipped }) })).stderr).toContain(skipped);
  const full = await runCommand(PoolReplenish, [], { valet: replenishing({}) });
  expect(full).toMatchObject({ stdout: '', exitCode: 0, stderr: expect.stringContaining('The pool is full.') });
});

test('sweep run prints what became of each, and ends with 6 when some failed', async () => {
  const result = { archived: ['demo'], kept: [busy], failed: [broken] };
  const ran = await runCommand(SweepRun, [], { valet: sweeping(result), columns: 80 });
  expect(ran.stdout.split('\n')).toEqual([
    'ID    OUTCOME   WHY',
    'demo  archived',
    'shop  kept      machine_busy: A deploy is running.',
    'blog  failed    archive_unproven: The checksum differs.',
    '',
  ]);
  expect(ran.exitCode).toBe(6);
});

test.each([
  ['nothing', {}],
  ['only what was kept', { kept: [busy] }],
])('sweep run ends with 0 when there is %s', async (_what, result) => {
  expect((await runCommand(SweepRun, [], { valet: sweeping(result) })).exitCode).toBe(0);
});

test('sweep run that another keeps from running ends with 5, since it has not done what it was asked for', async () => {
  const skipped = 'Another instance is sweeping right now.';
  const ran = await runCommand(SweepRun, [], { valet: sweeping({ skipped }) });
  expect(ran).toMatchObject({ exitCode: 5, stdout: '', stderr: expect.stringContaining(skipped) });
});

test.each([
  ['nothing to do', {}, 10],
  ['something archived', { archived: ['demo'] }, 0],
  ['only what was kept', { kept: [busy] }, 0],
  ['some failed', { archived: ['demo'], failed: [broken] }, 6],
  ['another at it', { skipped: 'Another instance is sweeping.' }, 5],
])('sweep run --detailed-exit-code with %s', async (_what, result, exitCode) => {
  const ran = await runCommand(SweepRun, ['--detailed-exit-code', '--json'], { valet: sweeping(result) });
  expect(ran).toMatchObject({ exitCode, stderr: '' });
  expect(JSON.parse(ran.stdout)).toEqual(sampleSweep(result));
});

test.each([
  ['fuse_blown', 4],
  ['state_changed', 5],
  ['database_unavailable', 69],
  ['valet_unreachable', 69],
  ['unauthorized', 77],
  ['environment_mismatch', 78],
] as const)('sweep run that could not run because of %s ends with %d', async (code, exitCode) => {
  const run = () => Promise.reject(new ValetError(code, 'It could not.'));
  const ran = await runCommand(SweepRun, ['--detailed-exit-code'], { valet: new FakeValet({ sweep: { run } }) });
  expect(ran).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(`Code: ${code}`) });
});

test('sweep run passes --older-than on in seconds, and leaves it out when it was not given', async () => {
  const asked: unknown[] = [];
  await runCommand(SweepRun, ['--older-than', '12h', '--limit', '5', '--concurrency', '8'], {
    valet: sweeping({}, asked),
  });
  await runCommand(SweepRun, [], { valet: sweeping({}, asked) });
  expect(asked).toEqual([{ older_than_secs: 43_200, limit: 5, concurrency: 8 }, { limit: 100 }]);
});

test('sweep run refuses what is no duration before it asks anything', async () => {
  const asked: unknown[] = [];
  const ran = await runCommand(SweepRun, ['--older-than', 'a week'], { valet: sweeping({}, asked) });
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  expect(asked).toEqual([]);
});

test('sweep plan shows both what would be archived and what would be left', async () => {
  const last_active_at = '2026-05-04T10:00:00.000Z';
  const plan = {
    older_than_secs: null,
    archive: [{ id: 'demo', last_active_at, idle_secs: 864_000 }],
    skip: [{ id: 'shop', last_active_at, idle_secs: 90_000, reason: 'It is held until Friday.' }],
    left_over: 0,
  };
  const valet = new FakeValet({ sweep: { plan: async () => plan } });
  const ran = await runCommand(SweepPlan, [], { valet, columns: 80 });
  expect(ran.stdout.split('\n')).toEqual([
    'ID    IDLE  WOULD BE  WHY',
    'demo  10 d  archived',
    'shop  1 d   left      It is held until Friday.',
    '',
  ]);
  expect(ran.stderr).toBe('1 would be archived, 1 left.\n');
});

const route = {
  project_id: 'demo',
  state: 'active' as const,
  machine_id: '148e4d7dc14e89',
  decision: 'replay' as const,
  reason: 'Project demo is active on 148e4d7dc14e89.',
  fly_replay: 'instance=148e4d7dc14e89;app=valet-machines',
  if_observer: 'replay' as const,
  if_returned: 'observe' as const,
};

test('route answers in sentences: whose it is, why, what becomes of a request, and of one that is another kind', async () => {
  const valet = new FakeValet({ route: async () => route });
  const ran = await runCommand(Route, ['demo.valet.example.com'], { valet });
  expect(ran.stdout).toBe(
    [
      'demo.valet.example.com belongs to project demo.',
      'Project demo is active on 148e4d7dc14e89.',
      'A request goes to its machine at once, and counts as use: fly-replay: instance=148e4d7dc14e89;app=valet-machines',
      'One that only looks (a probe, a link preview) goes there too, and does not count.',
      'One that comes back because the machine does not take it is not sent again: the machine is looked at and repaired, and the person waits at a page.',
      '',
    ].join('\n'),
  );
});

test('route on a terminal breaks lines between words', async () => {
  const asleep = {
    ...route,
    state: 'dormant' as const,
    machine_id: null,
    decision: 'wake' as const,
    reason: 'Project demo is dormant.',
    fly_replay: null,
    if_observer: 'asleep' as const,
    if_returned: 'wait' as const,
  };
  const ran = await runCommand(Route, ['demo'], { valet: new FakeValet({ route: async () => asleep }), columns: 80 });
  expect(ran.stdout).toBe(
    [
      'Project demo is dormant.',
      'A request wakes it, waits until it is active (at most ROUTER_WAKE_TIMEOUT_SECS),',
      'and then goes to its machine.',
      'One that only looks (a probe, a link preview) wakes nothing: it is told that the',
      'project is asleep.',
      'One that comes back because a machine did not take it does not wait here: the',
      'project is woken, and the person waits at a page.',
      '',
    ].join('\n'),
  );
});

test('route of what is no project says so and nothing else, and --json is the resource', async () => {
  const nothing = { project_id: null, state: null, machine_id: null, fly_replay: null };
  const own = { ...nothing, decision: 'not_a_project' as const, reason: 'This host is ours.' };
  const valet = new FakeValet({ route: async () => ({ ...own, if_observer: null, if_returned: null }) });
  const ran = await runCommand(Route, ['valet.example.com'], { valet });
  expect(ran.stdout).toBe('This host is ours.\nA request is answered by Valet itself.\n');
  const json = await runCommand(Route, ['demo', '--json'], { valet: new FakeValet({ route: async () => route }) });
  expect(JSON.parse(json.stdout)).toEqual(route);
});
