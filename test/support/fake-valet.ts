import type { Archive, CreatedProject, Machine, Project } from '../../src/sdk/resources.js';
import type { Valet } from '../../src/sdk/valet.js';

/** The calls that a test expects; any other fails it. */
export interface Answers {
  readonly projects?: Partial<Valet['projects']>;
  readonly machines?: Partial<Valet['machines']>;
  readonly archives?: Partial<Valet['archives']>;
  readonly orphans?: Partial<Valet['orphans']>;
  readonly pool?: Partial<Valet['pool']>;
  readonly sweep?: Partial<Valet['sweep']>;
  readonly route?: Valet['route'];
}

export class FakeValet implements Valet {
  readonly projects: Valet['projects'];
  readonly machines: Valet['machines'];
  readonly archives: Valet['archives'];
  readonly orphans: Valet['orphans'];
  readonly pool: Valet['pool'];
  readonly sweep: Valet['sweep'];
  readonly route: Valet['route'];
  closed = 0;

  constructor(answers: Answers) {
    this.projects = { ...unexpectedProjects, ...answers.projects };
    this.machines = { list: answers.machines?.list ?? unexpected };
    this.archives = { list: unexpected, verify: unexpected, read: unexpected, ...answers.archives };
    this.orphans = { list: unexpected, remove: unexpected, keep: unexpected, ...answers.orphans };
    this.pool = { ...unexpectedPool, ...answers.pool };
    this.sweep = { plan: answers.sweep?.plan ?? unexpected, run: answers.sweep?.run ?? unexpected };
    this.route = answers.route ?? unexpected;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed += 1;
  }
}

async function unexpected(): Promise<never> {
  throw new Error('The command asked something that this test did not expect.');
}

const unexpectedProjects: Valet['projects'] = {
  create: unexpected,
  get: unexpected,
  list: unexpected,
  wake: unexpected,
  archive: unexpected,
  undo: unexpected,
  restore: unexpected,
  delete: unexpected,
  hold: unexpected,
  events: unexpected,
  explain: unexpected,
};

const unexpectedPool: Valet['pool'] = {
  status: unexpected,
  replenish: unexpected,
  pause: unexpected,
  drain: unexpected,
  resume: unexpected,
};

/** A moment so long ago, with half a second to spare for the test to run. */
export function ago(secs: number): string {
  return new Date(Date.now() - secs * 1000 - 500).toISOString();
}

export function sampleProject(fields: Partial<Project> = {}): Project {
  return {
    id: 'demo',
    state: 'active',
    epoch: 12,
    region: 'fra',
    url: 'https://demo.valet.example.com',
    machine_id: '148e4d7dc14e89',
    last_active_at: '2026-05-04T10:00:00.000Z',
    hold_until: null,
    created_at: '2026-05-01T10:00:00.000Z',
    archive: null,
    ...fields,
  };
}

export function sampleCreated(fields: Partial<CreatedProject> = {}): CreatedProject {
  return { ...sampleProject(), deploy_key: 'vdk_0123456789abcdef', ...fields };
}

export function sampleArchive(fields: Partial<Archive> = {}): Archive {
  return {
    id: '1',
    project_id: 'demo',
    r2_key: 'demo/12/archive.sqlite',
    r2_checksum: 'ab'.repeat(32),
    size_bytes: 8192,
    created_at: '2026-05-04T10:00:00.000Z',
    proven_at: '2026-05-04T10:00:01.000Z',
    ...fields,
  };
}

export function sampleMachine(fields: Partial<Machine> = {}): Machine {
  return {
    id: '7',
    name: 'valet-prod-7',
    state: 'ready',
    region: 'fra',
    project_id: null,
    fly_id: '148e4d7dc14e89',
    volume_id: 'vol_4qdoz2k7',
    fly_state: 'started',
    fly_state_at: '2026-05-04T10:00:00.000Z',
    last_error: null,
    created_at: '2026-05-04T10:00:00.000Z',
    ...fields,
  };
}
