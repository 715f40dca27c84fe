import { verifySteps } from '../../src/sdk/archives/verify-steps.js';
import type {
  Archive,
  ArchiveProof,
  CreatedProject,
  Explanation,
  Installation,
  Machine,
  Orphan,
  Overview,
  PoolStatus,
  Project,
  ProjectEvent,
  ServerStatus,
  SweepResult,
} from '../../src/sdk/resources.js';
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
  readonly installation?: Valet['installation'];
  readonly overview?: Valet['overview'];
}

export class FakeValet implements Valet {
  readonly projects: Valet['projects'];
  readonly machines: Valet['machines'];
  readonly archives: Valet['archives'];
  readonly orphans: Valet['orphans'];
  readonly pool: Valet['pool'];
  readonly sweep: Valet['sweep'];
  readonly route: Valet['route'];
  readonly installation: Valet['installation'];
  readonly overview: Valet['overview'];
  closed = 0;

  constructor(answers: Answers) {
    this.projects = { ...unexpectedProjects, ...answers.projects };
    this.machines = { list: unexpected, all: unexpectedItems, ...answers.machines };
    this.archives = {
      list: unexpected,
      all: unexpectedItems,
      verify: unexpected,
      read: unexpected,
      verifySteps: (options, call) => verifySteps(this, options, call),
      ...answers.archives,
    };
    const { remove = unexpected } = answers.orphans ?? {};
    const removeSteps: Valet['orphans']['removeSteps'] = (...asked) => lastStep(remove(...asked));
    this.orphans = { list: unexpected, remove, removeSteps, keep: unexpected, ...answers.orphans };
    this.pool = { ...unexpectedPool(answers.pool), ...answers.pool };
    const { run = unexpected } = answers.sweep ?? {};
    this.sweep = { plan: unexpected, run, steps: (...asked) => lastStep(run(...asked)), ...answers.sweep };
    this.route = answers.route ?? unexpected;
    this.installation = answers.installation ?? (async () => sampleInstallation());
    this.overview = answers.overview ?? unexpected;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed += 1;
  }
}

function unexpectedItems(): never {
  throw new Error('The command walked a list that this test did not expect.');
}

async function unexpected(): Promise<never> {
  throw new Error('The command asked something that this test did not expect.');
}

const unexpectedProjects: Valet['projects'] = {
  create: unexpected,
  get: unexpected,
  list: unexpected,
  all: unexpectedItems,
  wake: unexpected,
  archive: unexpected,
  undo: unexpected,
  restore: unexpected,
  delete: unexpected,
  hold: unexpected,
  events: unexpected,
  allEvents: unexpectedItems,
  explain: unexpected,
};

function unexpectedPool({ replenish = unexpected, drain = unexpected }: Answers['pool'] = {}): Valet['pool'] {
  return {
    status: unexpected,
    replenish,
    replenishSteps: (...asked) => lastStep(replenish(...asked)),
    pause: unexpected,
    drain,
    drainSteps: (...asked) => lastStep(drain(...asked)),
    resume: unexpected,
  };
}

/** An operation that tells nothing but its result. */
async function* lastStep<Result>(answering: Promise<Result>) {
  yield { kind: 'done' as const, result: await answering };
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

export function samplePool(fields: Partial<PoolStatus> = {}): PoolStatus {
  const counts = { target: 2, ready: 1, provisioning: 1, shortfall: 0 };
  return {
    mode: 'filling',
    ...counts,
    regions: [{ region: 'fra', ...counts, outdated: 0 }],
    breakers: [],
    use: { over_secs: 86_400, claimed: 0, made: 0, hit_rate: null, claiming: null, provisioning: null },
    members: [sampleMachine()],
    ...fields,
  };
}

export function sampleInstallation(fields: Partial<Installation> = {}): Installation {
  return { environment: 'test', fly_app: 'valet-machines', version: '1.2.3', ...fields };
}

export function sampleSweep(fields: Partial<SweepResult> = {}): SweepResult {
  return { skipped: null, archived: [], kept: [], failed: [], left_over: 0, ...fields };
}

export function sampleEvent(fields: Partial<ProjectEvent> = {}): ProjectEvent {
  return {
    id: 41,
    at: '2026-05-04T10:00:00.000Z',
    what: 'archive_begun',
    project_id: 'demo',
    machine_id: '7',
    epoch: 12,
    actor: 'sweep@local-1',
    why: null,
    ...fields,
  };
}

export function sampleExplanation(fields: Partial<Explanation> = {}): Explanation {
  return {
    project_id: 'demo',
    state: 'active',
    summary: 'Project demo is awake because it was used 3 hours ago.',
    reasons: ['It was last used at 10:00.', 'Nobody holds it.'],
    next: 'A sweep archives it after 7 days without use.',
    archived_at_earliest: '2026-05-11T10:00:00.000Z',
    ...fields,
  };
}

export function sampleProof(fields: Partial<ArchiveProof> = {}): ArchiveProof {
  return {
    archive_id: '1',
    project_id: 'demo',
    proven: true,
    size_bytes: 8192,
    sha256: 'ab'.repeat(32),
    tables: { notes: 3, _valet: 1 },
    finding: null,
    ...fields,
  };
}

export function sampleOrphan(fields: Partial<Orphan> = {}): Orphan {
  return {
    id: '3d8d7949b0d089',
    kind: 'machine',
    name: 'valet-prod-9',
    region: 'fra',
    fly_state: 'started',
    machine_id: null,
    project_id: null,
    reason: 'no_row',
    detail: null,
    first_seen_at: '2026-05-04T10:00:00.000Z',
    last_seen_at: '2026-05-04T10:15:00.000Z',
    confirmed_at: '2026-05-04T10:15:00.000Z',
    verdict: null,
    ...fields,
  };
}

export function sampleServer(fields: Partial<ServerStatus> = {}): ServerStatus {
  const runs = { done: 3, idle: 40, skipped: 12, failed: 0, aborted: 0 };
  const loop = { stuck: false, running_secs: null, last_success_secs_ago: 12.2, runs };
  return {
    instance: 'app-1',
    version: '0.1.0',
    uptime_secs: 7_260,
    stopping: false,
    listening: true,
    degraded: false,
    in_flight: 1,
    held: 0,
    locks: [],
    loops: [
      {
        name: 'replenish',
        ...loop,
        next_in_secs: 17.8,
        last_run: { outcome: 'idle', ended_secs_ago: 12.2, took_secs: 0.02 },
      },
    ],
    ...fields,
  };
}

export function sampleOverview(fields: Partial<Overview> = {}): Overview {
  const { use: _, members: __, ...pool } = samplePool();
  const none = { creating: 0, suspended: 0, archiving: 0, dormant: 0, waking: 0, lost: 0, deleted: 0 };
  return {
    at: '2026-05-04T10:00:00.000Z',
    environment: 'prod',
    projects: { counted_at: '2026-05-04T10:00:00.000Z', by_state: { ...none, active: 1 } },
    pool,
    wakes: [],
    events: [sampleEvent()],
    locks: [],
    quarantined: 0,
    server: null,
    ...fields,
  };
}
