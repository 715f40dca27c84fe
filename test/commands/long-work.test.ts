import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import ArchivesVerify from '../../src/commands/archives/verify.js';
import OrphansRemove from '../../src/commands/orphans/remove.js';
import PoolDrain from '../../src/commands/pool/drain.js';
import PoolReplenish from '../../src/commands/pool/replenish.js';
import SweepRun from '../../src/commands/sweep/run.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { DrainStep, OrphanStep, ReplenishStep, SweepStep, VerifyStep } from '../../src/sdk/steps.js';
import type { CallOptions } from '../../src/sdk/valet.js';
import { runCommand } from '../support/commands.js';
import { FakeValet, sampleProof, sampleSweep } from '../support/fake-valet.js';

const well = { took_secs: 3.2, code: null, reason: null };
const badly = { took_secs: 0.1, code: 'machine_busy', reason: 'It is used.' };

interface Script {
  /** So many of the steps; all if left out. */
  readonly count?: number;
  /** What happens after them. */
  readonly end?: (call: CallOptions | undefined) => Promise<void>;
}

async function* told<Step>(steps: readonly Step[], { count, end }: Script, call: CallOptions | undefined) {
  yield* steps.slice(0, count);
  await end?.(call);
}

const sweepSteps: readonly SweepStep[] = [
  { kind: 'planned', total: 2 },
  { kind: 'project', outcome: 'archived', id: 'demo', ...well },
  { kind: 'project', outcome: 'kept', id: 'shop', ...badly },
  { kind: 'done', result: sampleSweep({ archived: ['demo'] }) },
];
const replenishSteps: readonly ReplenishStep[] = [
  { kind: 'planned', total: 1 },
  { kind: 'machine', outcome: 'ready', id: '7', ...well },
  { kind: 'done', result: { skipped: null, ready: ['7'], failed: [] } },
];
const drainSteps: readonly DrainStep[] = [
  { kind: 'planned', total: 1 },
  { kind: 'machine', outcome: 'retiring', id: '7' },
  { kind: 'done', result: { skipped: null, retiring: ['7'] } },
];
const orphanSteps: readonly OrphanStep[] = [
  { kind: 'planned', total: 1 },
  { kind: 'orphan', outcome: 'done', id: 'e82d', ...well },
  { kind: 'done', result: { done: ['e82d'], failed: [] } },
];
const verifySteps: readonly VerifyStep[] = [
  { kind: 'planned', total: 1 },
  { kind: 'archive', outcome: 'proven', id: '1', project_id: 'demo', ...well },
  { kind: 'done', result: { proofs: [sampleProof()], failed: [], next_cursor: null } },
];

function sweeping(script: Script = {}): FakeValet {
  return new FakeValet({ sweep: { steps: (_options, call) => told(sweepSteps, script, call) } });
}

/** What each long command is told, and what of it people read. */
const works = [
  {
    name: 'sweep run',
    command: SweepRun,
    argv: [],
    steps: sweepSteps,
    valet: sweeping,
    read: [
      'Sweeping …',
      'demo archived (3.2 s)',
      'shop kept (0.1 s): machine_busy: It is used.',
      '2 of 2 in less than 1 s: 1 archived, 1 kept.',
    ],
  },
  {
    name: 'pool replenish',
    command: PoolReplenish,
    argv: [],
    steps: replenishSteps,
    valet: (script: Script) =>
      new FakeValet({ pool: { replenishSteps: (call) => told(replenishSteps, script, call) } }),
    read: ['Replenishing the warm pool …', '7 ready (3.2 s)', '1 of 1 in less than 1 s: 1 ready.'],
  },
  {
    name: 'pool drain',
    command: PoolDrain,
    argv: ['--yes'],
    steps: drainSteps,
    valet: (script: Script) =>
      new FakeValet({ pool: { drainSteps: (_input, call) => told(drainSteps, script, call) } }),
    read: ['Draining the warm pool …', '7 retiring', '1 of 1 in less than 1 s: 1 retiring.'],
  },
  {
    name: 'orphans remove',
    command: OrphansRemove,
    argv: ['e82d', '--yes'],
    steps: orphanSteps,
    valet: (script: Script) =>
      new FakeValet({ orphans: { removeSteps: (_input, call) => told(orphanSteps, script, call) } }),
    read: ['Removing orphans …', 'e82d removed (3.2 s)', '1 of 1 in less than 1 s: 1 removed.'],
  },
  {
    name: 'archives verify --all',
    command: ArchivesVerify,
    argv: ['--all'],
    steps: verifySteps,
    valet: (script: Script) =>
      new FakeValet({ archives: { verifySteps: (_options, call) => told(verifySteps, script, call) } }),
    read: ['Verifying …', '1 proven (3.2 s)', '1 of 1 in less than 1 s: 1 proven.'],
  },
];

function lines(text: string): unknown[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe.each(works)('$name', ({ command, argv, steps, valet, read }) => {
  test('without a terminal it tells a line for each outcome and a summary, on stderr', async () => {
    const ran = await runCommand(command, argv, { valet: valet({}) });
    expect(ran.stderr.split('\n').slice(0, read.length)).toEqual(read);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/^ID /);
  });

  test('with --json it is one document, and nothing on stderr', async () => {
    const ran = await runCommand(command, [...argv, '--json'], { valet: valet({}) });
    expect(ran.stderr).toBe('');
    expect({ kind: 'done', result: JSON.parse(ran.stdout) }).toEqual(steps.at(-1));
  });

  test('with --json-lines every step is a line, the last one the result, and nothing else is printed', async () => {
    const ran = await runCommand(command, [...argv, '--json-lines'], { valet: valet({}) });
    expect(ran).toMatchObject({ stderr: '', exitCode: 0 });
    expect(lines(ran.stdout)).toEqual(steps);
    const both = await runCommand(command, [...argv, '--json-lines', '--json'], { valet: valet({}) });
    expect(both.exitCode).toBe(2);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves it at once with %d, and says what was done by then and what goes on', async (name, code) => {
    const process = new EventEmitter();
    const interrupted = async ({ signal }: CallOptions = {}) => {
      process.emit(name, name);
      signal?.throwIfAborted();
    };
    const stopped = valet({ count: 2, end: interrupted });
    const ran = await runCommand(command, argv, { valet: stopped, process });
    expect(ran.exitCode).toBe(code);
    expect(ran.stdout).toMatch(/^ID .*\n\S+ /);
    expect(ran.stderr).toMatch(/\n1 of \d in less than 1 s: 1 \w+\.\n/);
    expect(ran.stderr).toMatch(new RegExp(`Error: Stopped by ${name}\\.\\n.+\\nCode: interrupted\\n$`));
    expect(ran.stderr).not.toContain('A wake or an archive');
    expect(stopped.closed).toBe(1);
  });
});

const failure = new ValetError('database_unavailable', 'The database does not answer.', { hint: 'Look at it.' });
const goesAway = () => sweeping({ count: 3, end: () => Promise.reject(failure) });
const soFar = {
  planned: 2,
  outcomes: [
    { id: 'demo', outcome: 'archived', code: null, reason: null },
    { id: 'shop', outcome: 'kept', code: 'machine_busy', reason: 'It is used.' },
  ],
};

test('what ends a sweep half-way comes after what was done by then, to people', async () => {
  const ran = await runCommand(SweepRun, [], { valet: goesAway() });
  expect(ran.exitCode).toBe(69);
  expect(ran.stderr).toBe(
    [
      ...works.slice(0, 1).flatMap(({ read }) => read),
      'Error: The database does not answer.',
      'Look at it. A change that was asked for may have been made: look before you ask again.',
      'Code: database_unavailable',
      '',
    ].join('\n'),
  );
  expect(ran.stdout.split('\n')).toEqual([
    'ID    OUTCOME   WHY',
    'demo  archived',
    'shop  kept      machine_busy: It is used.',
    '',
  ]);
});

test('what ends a sweep half-way comes with what was done by then, to programs', async () => {
  const json = await runCommand(SweepRun, ['--json'], { valet: goesAway() });
  const error = {
    code: 'database_unavailable',
    hint: expect.stringMatching(/^Look at it\./),
    details: { so_far: soFar },
  };
  expect(JSON.parse(json.stdout)).toMatchObject({ error });
  const told = await runCommand(SweepRun, ['--json-lines'], { valet: goesAway() });
  expect(lines(told.stdout)).toEqual([
    ...sweepSteps.slice(0, 3),
    { kind: 'failed', error: expect.objectContaining(error) },
  ]);
  expect([json, told]).toMatchObject([
    { exitCode: 69, stderr: '' },
    { exitCode: 69, stderr: '' },
  ]);
});

test('with --json-lines a wrong command line is a line too', async () => {
  const ran = await runCommand(SweepRun, ['--json-lines', '--limit', '0'], { valet: new FakeValet({}) });
  expect(lines(ran.stdout)).toMatchObject([{ kind: 'failed', error: { code: 'request_invalid' } }]);
  expect(ran).toMatchObject({ exitCode: 2, stderr: '' });
});

test('with --json-lines nobody is asked, even at a terminal', async () => {
  const ran = await runCommand(PoolDrain, ['--json-lines'], { valet: new FakeValet({}), typed: 'y' });
  expect(lines(ran.stdout)).toMatchObject([{ kind: 'failed', error: { code: 'request_invalid' } }]);
  expect(ran.exitCode).toBe(2);
});

test('a sweep that ends without a result is a fault, not a success', async () => {
  const ran = await runCommand(SweepRun, [], { valet: sweeping({ count: 2 }) });
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Code: internal') });
});
