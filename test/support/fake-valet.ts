import type { Archive, CreatedProject, Machine, Project } from '../../src/sdk/resources.js';
import type { Valet } from '../../src/sdk/valet.js';

/** The calls that a test expects; any other fails it. */
export interface Answers {
  readonly projects?: Partial<Valet['projects']>;
  readonly machines?: Partial<Valet['machines']>;
  readonly pool?: Partial<Valet['pool']>;
  readonly sweep?: Partial<Valet['sweep']>;
  readonly route?: Valet['route'];
}

export class FakeValet implements Valet {
  readonly projects: Valet['projects'];
  readonly machines: Valet['machines'];
  readonly pool: Valet['pool'];
  readonly sweep: Valet['sweep'];
  readonly route: Valet['route'];
  closed = 0;

  constructor(answers: Answers) {
    const { create, get, list, wake, archive } = answers.projects ?? {};
    this.projects = {
      create: create ?? unexpected,
      get: get ?? unexpected,
      list: list ?? unexpected,
      wake: wake ?? unexpected,
      archive: archive ?? unexpected,
    };
    this.machines = { list: answers.machines?.list ?? unexpected };
    this.pool = { status: answers.pool?.status ?? unexpected, replenish: answers.pool?.replenish ?? unexpected };
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
