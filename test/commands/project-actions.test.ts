import { expect, test } from 'vitest';
import Explain from '../../src/commands/explain.js';
import ProjectsEvents from '../../src/commands/projects/events.js';
import ProjectsHold from '../../src/commands/projects/hold.js';
import ProjectsRestore from '../../src/commands/projects/restore.js';
import ProjectsUndo from '../../src/commands/projects/undo.js';
import type { HoldProject, ListEvents, RestoreProject } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { ago, FakeValet, sampleArchive, sampleEvent, sampleExplanation, sampleProject } from '../support/fake-valet.js';

const hour = 3600;

function holding(asked: unknown[]): FakeValet {
  const hold = async (id: string, input: HoldProject) => {
    asked.push([id, input]);
    return sampleProject({ hold_until: input.for_secs === 0 ? null : ago(-2 * hour - 1) });
  };
  return new FakeValet({ projects: { hold } });
}

test('hold passes the time on in seconds, and shows until when', async () => {
  const asked: unknown[] = [];
  const ran = await runCommand(ProjectsHold, ['demo', '--for', '1d12h'], { valet: holding(asked) });
  expect(asked).toEqual([['demo', { for_secs: 129_600 }]]);
  expect(ran).toMatchObject({
    stderr: '',
    exitCode: 0,
    stdout: expect.stringMatching(/^held until: +in 2 h \(\S+Z\)$/m),
  });
});

test('hold --release ends it, and no end of a hold is shown any more', async () => {
  const asked: unknown[] = [];
  const ran = await runCommand(ProjectsHold, ['demo', '--release'], { valet: holding(asked) });
  expect(asked).toEqual([['demo', { for_secs: 0 }]]);
  expect(ran.stdout).not.toContain('held');
});

test.each([
  [['demo']],
  [['demo', '--for', '2h', '--release']],
  [['demo', '--for', 'long']],
  [['demo', '--for', '31d']],
])('hold %j is refused before anything is asked', async (argv) => {
  const asked: unknown[] = [];
  const ran = await runCommand(ProjectsHold, argv, { valet: holding(asked) });
  expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('Code: request_invalid') });
  expect(asked).toEqual([]);
});

const events = [
  sampleEvent({ at: ago(3 * hour), what: 'archive_committed', why: 'Unused for 8 d.\n\u001b[31mred' }),
  sampleEvent({ id: 40, at: ago(25 * hour), what: 'created', epoch: null, actor: 'request:7f3a@local-2' }),
];

function telling(page: { events: typeof events; next_cursor: string | null }, asked: unknown[] = []): FakeValet {
  const list = async (id: string, filter?: ListEvents) => {
    asked.push([id, filter]);
    return page;
  };
  return new FakeValet({ projects: { events: list } });
}

test('events is a story of when, what, by whom and why, which nothing in it can colour or break', async () => {
  const asked: unknown[] = [];
  const valet = telling({ events, next_cursor: '40' }, asked);
  const ran = await runCommand(ProjectsEvents, ['demo'], { valet, columns: 80 });
  expect(ran).toEqual({
    stdout: [
      '3 h ago  archive committed, epoch 12, by sweep on local-1',
      '           Unused for 8 d. red',
      '1 d ago  created, by request 7f3a on local-2',
      '',
    ].join('\n'),
    stderr: 'There are more: --cursor 40\n',
    exitCode: 0,
  });
  await runCommand(ProjectsEvents, ['demo', '--limit', '5', '--cursor', '40'], { valet });
  expect(asked).toEqual([
    ['demo', { limit: 20 }],
    ['demo', { limit: 5, cursor: '40' }],
  ]);
});

test('events --json is the page as Valet returned it, and no events are no data', async () => {
  const page = { events, next_cursor: null };
  const json = await runCommand(ProjectsEvents, ['demo', '--json'], { valet: telling(page) });
  expect(JSON.parse(json.stdout)).toEqual(page);
  const none = await runCommand(ProjectsEvents, ['demo'], { valet: telling({ events: [], next_cursor: null }) });
  expect(none).toEqual({ stdout: '', stderr: 'No events.\n', exitCode: 0 });
});

test('explain gives the answer, what it rests on, and what comes next', async () => {
  const archived_at_earliest = ago(-96 * hour - 1);
  const explanation = sampleExplanation({ archived_at_earliest });
  const valet = new FakeValet({ projects: { explain: async () => explanation } });
  const ran = await runCommand(Explain, ['demo'], { valet, columns: 80 });
  expect(ran.stdout.split('\n')).toEqual([
    'Project demo is awake because it was used 3 hours ago.',
    '- It was last used at 10:00.',
    '- Nobody holds it.',
    'Next: A sweep archives it after 7 days without use.',
    `Archived at the earliest in 4 d (${archived_at_earliest}).`,
    '',
  ]);
  const json = await runCommand(Explain, ['demo', '--json'], { valet });
  expect(JSON.parse(json.stdout)).toEqual(explanation);
});

test('explain of what no sweep archives names no moment', async () => {
  const explain = async () => sampleExplanation({ archived_at_earliest: null });
  const ran = await runCommand(Explain, ['demo'], { valet: new FakeValet({ projects: { explain } }) });
  expect(ran.stdout).not.toContain('earliest');
});

test('undo tells of its progress on stderr and prints the project', async () => {
  const valet = new FakeValet({ projects: { undo: async (id) => sampleProject({ id }) } });
  const ran = await runCommand(ProjectsUndo, ['demo'], { valet });
  expect(ran).toMatchObject({ stderr: 'Taking the archive of demo back …\n', exitCode: 0 });
  expect(ran.stdout).toMatch(/^id: +demo\nstate: +active\n/);
});

function restoring(asked: unknown[]): FakeValet {
  const restore = async (id: string, input?: RestoreProject) => {
    asked.push([id, input]);
    return sampleProject({ id });
  };
  const get = async (id: string) =>
    sampleProject({ id, state: 'dormant', machine_id: null, archive: sampleArchive({ id: 'newest' }) });
  return new FakeValet({ projects: { get, restore } });
}

test('restore from the current archive puts nothing aside, so it does not ask', async () => {
  const asked: unknown[] = [];
  const ran = await runCommand(ProjectsRestore, ['demo'], { valet: restoring(asked) });
  expect(asked).toEqual([['demo', {}]]);
  expect(ran).toMatchObject({ stderr: 'Restoring demo …\n', exitCode: 0, stdout: expect.stringMatching(/^id: +demo/) });
});

test('restore from another archive says what is put aside, and does it on yes', async () => {
  const asked: unknown[] = [];
  const argv = ['demo', '--archive', 'older'];
  const ran = await runCommand(ProjectsRestore, argv, { valet: restoring(asked), typed: 'y' });
  expect(asked).toEqual([['demo', { archive_id: 'older' }]]);
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toContain('This wakes it from archive older.');
  expect(ran.stderr).toContain('What is in its current archive newest alone is then no longer served.');
  expect(ran.stderr).toContain('Restore project demo? [y/N]');
});

test('restore from another archive without a terminal needs --yes; --dry-run shows the plan alone', async () => {
  const asked: unknown[] = [];
  const valet = restoring(asked);
  const argv = ['demo', '--archive', 'older'];
  expect((await runCommand(ProjectsRestore, argv, { valet })).exitCode).toBe(2);
  const dry = await runCommand(ProjectsRestore, [...argv, '--dry-run'], { valet });
  expect(dry).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('from archive older') });
  expect(asked).toEqual([]);
  await runCommand(ProjectsRestore, [...argv, '--yes'], { valet });
  expect(asked).toEqual([['demo', { archive_id: 'older' }]]);
});
