import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import OrphansRemove from '../../src/commands/orphans/remove.js';
import PoolDrain from '../../src/commands/pool/drain.js';
import ProjectsDelete from '../../src/commands/projects/delete.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { DrainPool, OrphanIds } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { FakeValet, sampleMachine, sampleOrphan, samplePool, sampleProject } from '../support/fake-valet.js';

/** Everything that can be destroyed, and what was. */
function standing() {
  const destroyed: unknown[] = [];
  const note = <T>(what: unknown, answer: T): T => {
    destroyed.push(what);
    return answer;
  };
  const orphans = [sampleOrphan(), sampleOrphan({ id: 'another' })];
  const valet = new FakeValet({
    projects: {
      get: async (id) => sampleProject({ id }),
      delete: async (id) => note(id, sampleProject({ id, state: 'deleted', machine_id: null })),
    },
    pool: {
      status: async () => samplePool({ members: [sampleMachine(), sampleMachine({ id: '8', name: 'valet-prod-8' })] }),
      drain: async (input?: DrainPool) => note(input, { skipped: null, retiring: ['7', '8'] }),
    },
    orphans: {
      list: async () => ({ orphans }),
      remove: async ({ ids }: OrphanIds) => note(ids, { done: ids, failed: [] }),
    },
  });
  return { valet, destroyed };
}

const orphanId = sampleOrphan().id;

const commands = [
  {
    name: 'projects delete',
    command: ProjectsDelete,
    argv: ['demo'],
    destroys: 'demo',
    question: 'Delete project demo for ever? [y/N]',
    plan: [/^environment: test$/m, /^id: +demo$/m, /its machine holds and no archive has is lost/],
    done: /^state: +deleted$/m,
    remarks: '',
  },
  {
    name: 'pool drain',
    command: PoolDrain,
    argv: ['--limit', '5'],
    destroys: { limit: 5 },
    question: 'Drain the warm pool? [y/N]',
    plan: [/^environment: test$/m, /^valet-prod-8 /m, /This gives 2 back to Fly/],
    done: /^8 +retiring$/m,
    remarks: 'Draining the warm pool …\n',
  },
  {
    name: 'orphans remove',
    command: OrphansRemove,
    argv: [orphanId, 'unheard-of'],
    destroys: [orphanId, 'unheard-of'],
    question: `Remove ${orphanId}, unheard-of? [y/N]`,
    plan: [
      /^environment: test$/m,
      /^3d8d7949b0d089 +machine +stops work/m,
      /^unheard-of is no orphan: nothing happens to it\.$/m,
    ],
    done: /^3d8d7949b0d089 +removed$/m,
    remarks: 'Removing orphans …\n',
  },
] as const;

describe.each(commands)('$name', ({ command, argv, destroys, question, plan, done, remarks }) => {
  test.each(['y', 'Yes', ' YES '])('shows its plan on stderr, asks, and does it on %j', async (typed) => {
    const { valet, destroyed } = standing();
    const ran = await runCommand(command, argv, { valet, typed, columns: 80 });
    expect(destroyed).toEqual([destroys]);
    expect(ran.exitCode).toBe(0);
    for (const part of [...plan, question])
      expect(ran.stderr).toEqual(
        typeof part === 'string' ? expect.stringContaining(part) : expect.stringMatching(part),
      );
    expect(ran.stdout).toMatch(done);
    for (const line of ran.stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test.each(['', 'n', 'no', 'yes please'])('does nothing on %j, and ends with 1', async (typed) => {
    const { valet, destroyed } = standing();
    const ran = await runCommand(command, argv, { valet, typed });
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('Nothing was done.') });
    expect(ran.stderr).toContain('Code: declined');
    expect(destroyed).toEqual([]);
  });

  test('without a terminal it refuses before it opens Valet, and says how to go on', async () => {
    const openValet = () => Promise.reject(new Error('opened'));
    const ran = await runCommand(command, argv, { openValet });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('--yes') });
    expect(ran.stderr).toContain('--dry-run');
  });

  test('with --json a program reads, so nobody is asked even at a terminal', async () => {
    const { valet, destroyed } = standing();
    const ran = await runCommand(command, [...argv, '--json'], { valet, typed: 'y' });
    expect(ran).toMatchObject({ exitCode: 2, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: 'request_invalid' } });
    expect(destroyed).toEqual([]);
  });

  test('--yes does it without asking, also with --json', async () => {
    const { valet, destroyed } = standing();
    const ran = await runCommand(command, [...argv, '--yes'], { valet });
    expect(ran).toMatchObject({ exitCode: 0, stderr: remarks, stdout: expect.stringMatching(done) });
    const json = await runCommand(command, [...argv, '--yes', '--json'], { valet });
    expect(JSON.parse(json.stdout)).not.toHaveProperty('error');
    expect(destroyed).toEqual([destroys, destroys]);
  });

  test('--dry-run prints the plan and does nothing', async () => {
    const { valet, destroyed } = standing();
    const ran = await runCommand(command, [...argv, '--dry-run'], { valet, columns: 80 });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    for (const part of plan) expect(ran.stdout).toMatch(part);
    const json = await runCommand(command, [...argv, '--dry-run', '--json'], { valet });
    expect(JSON.parse(json.stdout)).not.toHaveProperty('error');
    expect(destroyed).toEqual([]);
  });

  test('--yes and --dry-run contradict each other', async () => {
    const { valet, destroyed } = standing();
    expect((await runCommand(command, [...argv, '--yes', '--dry-run'], { valet })).exitCode).toBe(2);
    expect(destroyed).toEqual([]);
  });

  test('a flag that it does not have is refused, not taken for something to destroy', async () => {
    const { valet, destroyed } = standing();
    const ran = await runCommand(command, [...argv, '--yes', '--nope'], { valet });
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--nope') });
    expect(destroyed).toEqual([]);
  });
});

test('Ctrl-C before the answer does nothing and ends with 130', async () => {
  const process = new EventEmitter();
  const destroyed: string[] = [];
  const get = async (id: string) => {
    process.emit('SIGINT', 'SIGINT');
    return sampleProject({ id });
  };
  const remove = async (id: string) => {
    destroyed.push(id);
    return sampleProject({ id });
  };
  const valet = new FakeValet({ projects: { get, delete: remove } });
  const ran = await runCommand(ProjectsDelete, ['demo'], { valet, process, typed: 'y' });
  expect(ran).toMatchObject({ exitCode: 130, stdout: '' });
  expect(destroyed).toEqual([]);
});

test('projects delete of a project without a machine does not speak of one', async () => {
  const get = async (id: string) => sampleProject({ id, state: 'dormant', machine_id: null });
  const valet = new FakeValet({ projects: { get } });
  const ran = await runCommand(ProjectsDelete, ['demo', '--dry-run'], { valet });
  expect(ran.stdout).not.toContain('its machine');
});

test('pool drain of more than its limit is refused with 4', async () => {
  const refused = new ValetError('fuse_blown', 'The pool has 60 members, more than 50.');
  const valet = new FakeValet({ pool: { drain: () => Promise.reject(refused) } });
  expect((await runCommand(PoolDrain, ['--yes'], { valet })).exitCode).toBe(4);
});

test('pool drain of an empty pool says so, and that it stays so', async () => {
  const valet = new FakeValet({ pool: { drain: async () => ({ skipped: null, retiring: [] }) } });
  const ran = await runCommand(PoolDrain, ['--yes'], { valet });
  expect(ran).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('valet pool resume') });
});
