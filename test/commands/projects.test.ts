import { expect, test } from 'vitest';
import ProjectsArchive from '../../src/commands/projects/archive.js';
import ProjectsCreate from '../../src/commands/projects/create.js';
import ProjectsGet from '../../src/commands/projects/get.js';
import ProjectsList from '../../src/commands/projects/list.js';
import ProjectsWake from '../../src/commands/projects/wake.js';
import type { CreateProject, ListProjects, Project } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { ago, FakeValet, sampleArchive, sampleCreated, sampleProject } from '../support/fake-valet.js';

const hour = 3600;
const projects = [
  sampleProject({ last_active_at: ago(3 * hour) }),
  sampleProject({
    id: 'a-project-with-a-name-as-long-as-a-dns-label-may-ever-be-0123456',
    state: 'dormant',
    machine_id: null,
    last_active_at: ago(240 * hour),
    hold_until: null,
  }),
];

function listing(page: { projects: Project[]; next_cursor: string | null }, asked: unknown[] = []): FakeValet {
  const list = async (filter?: ListProjects) => {
    asked.push(filter);
    return page;
  };
  return new FakeValet({ projects: { list } });
}

test('list fits a terminal of 80 columns', async () => {
  const ran = await runCommand(ProjectsList, [], { valet: listing({ projects, next_cursor: null }), columns: 80 });
  expect(ran.stdout).toBe(
    [
      'ID                            STATE    REGION  MACHINE         LAST ACTIVE  HELD',
      'demo                          active   fra     148e4d7dc14e89  3 h ago      -',
      'a-project-with-a-name-as-lo…  dormant  fra     -               10 d ago     -',
      '',
    ].join('\n'),
  );
});

test('list leaves ids whole when piped', async () => {
  const ran = await runCommand(ProjectsList, [], { valet: listing({ projects, next_cursor: null }) });
  expect(ran.stdout).toContain(projects[1]?.id);
});

test('list passes its filter on, only what was given', async () => {
  const asked: unknown[] = [];
  const argv = ['--state', 'dormant', '--region', 'fra', '--prefix', 'de', '--limit', '10', '--cursor', 'abc'];
  await runCommand(ProjectsList, argv, { valet: listing({ projects, next_cursor: null }, asked) });
  await runCommand(ProjectsList, [], { valet: listing({ projects, next_cursor: null }, asked) });
  const filter = { state: 'dormant', region: 'fra', prefix: 'de', limit: 10, cursor: 'abc' };
  expect(asked).toEqual([filter, { limit: 50 }]);
});

test('list --quiet prints ids alone, and says on stderr that there are more', async () => {
  const ran = await runCommand(ProjectsList, ['-q'], { valet: listing({ projects, next_cursor: 'c2' }) });
  expect(ran.stdout).toBe(`${projects.map((project) => project.id).join('\n')}\n`);
  expect(ran.stderr).toBe('There are more: --cursor c2\n');
});

test('list of nothing prints nothing on stdout', async () => {
  const ran = await runCommand(ProjectsList, [], { valet: listing({ projects: [], next_cursor: null }) });
  expect(ran).toEqual({ stdout: '', stderr: 'No projects.\n', exitCode: 0 });
});

test('list --json is the page exactly as Valet returned it, and nothing else', async () => {
  const page = { projects, next_cursor: 'c2' };
  const ran = await runCommand(ProjectsList, ['--json'], { valet: listing(page), columns: 80 });
  expect(JSON.parse(ran.stdout)).toEqual(page);
  expect(ran.stderr).toBe('');
});

test('get shows the project with its archive', async () => {
  const project = sampleProject({
    state: 'dormant',
    machine_id: null,
    archive: sampleArchive({ created_at: ago(2 * hour) }),
  });
  const ran = await runCommand(ProjectsGet, ['demo'], {
    valet: new FakeValet({ projects: { get: async () => project } }),
  });
  expect(ran.stdout.split('\n')).toEqual([
    'id:          demo',
    'state:       dormant',
    'url:         https://demo.valet.example.com',
    'region:      fra',
    expect.stringMatching(/^last active: .* ago \(2026-05-04T10:00:00.000Z\)$/),
    expect.stringMatching(/^created: {5}.* ago \(2026-05-01T10:00:00.000Z\)$/),
    'epoch:       12',
    'archive:     1 (8 KiB, made 2 h ago)',
    '',
  ]);
});

test('create prints id, address and deploy key, and passes on what was given', async () => {
  const asked: unknown[] = [];
  const create = async (input?: CreateProject, options?: { readonly idempotencyKey?: string }) => {
    asked.push(input, options?.idempotencyKey);
    return sampleCreated();
  };
  const argv = ['demo', '--region', 'fra', '--idempotency-key', 'order-4711'];
  const ran = await runCommand(ProjectsCreate, argv, { valet: new FakeValet({ projects: { create } }) });
  expect(asked).toEqual([{ id: 'demo', region: 'fra' }, 'order-4711']);
  for (const part of ['demo', 'https://demo.valet.example.com', 'vdk_0123456789abcdef'])
    expect(ran.stdout).toContain(part);
  expect(ran.stderr).toContain('not shown again');
});

test('create without an id leaves it to Valet', async () => {
  const asked: unknown[] = [];
  const create = async (input?: CreateProject) => {
    asked.push(input);
    return sampleCreated();
  };
  const ran = await runCommand(ProjectsCreate, ['--json'], { valet: new FakeValet({ projects: { create } }) });
  expect(asked).toEqual([{}]);
  expect(JSON.parse(ran.stdout)).toEqual(sampleCreated());
});

test.each([
  ['wake', ProjectsWake, 'Waking demo …\n'],
  ['archive', ProjectsArchive, 'Archiving demo …\n'],
] as const)('%s tells of its progress on stderr and prints the project', async (call, command, progress) => {
  const valet = new FakeValet({ projects: { [call]: async (id: string) => sampleProject({ id }) } });
  const ran = await runCommand(command, ['demo'], { valet });
  expect(ran).toMatchObject({
    stderr: progress,
    exitCode: 0,
    stdout: expect.stringMatching(/^id: +demo\nstate: +active\n/),
  });
});
