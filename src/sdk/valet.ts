import type {
  Archive,
  ArchivePage,
  ArchiveProof,
  CreatedProject,
  CreateProject,
  DrainPool,
  DrainResult,
  EventPage,
  Explanation,
  HoldProject,
  Installation,
  ListArchives,
  ListEvents,
  ListMachines,
  ListProjects,
  MachinePage,
  OrphanIds,
  OrphanList,
  OrphanResult,
  Overview,
  PoolStatus,
  Project,
  ProjectPage,
  ReplenishResult,
  RestoreProject,
  Route,
  SweepOptions,
  SweepPlan,
  SweepResult,
  VerifyArchives,
} from './resources.js';
import type { DrainStep, OrphanStep, ReplenishStep, SweepStep, VerifyStep } from './steps.js';

export interface CallOptions {
  /** Gives up waiting. What was begun for others (a wake, an archive) goes on. */
  readonly signal?: AbortSignal;
}

export interface CreateOptions extends CallOptions {
  /** The same key gives the first answer again for 24 hours, deploy key included. */
  readonly idempotencyKey?: string;
}

/**
 * Everything a person can ask Valet for. `createControlPlane` answers it directly (database, Fly, R2), `createClient`
 * over HTTP against `valet serve`; commands and programs cannot tell which they hold.
 */
export interface Valet extends ValetCalls, AsyncDisposable {}

/** The calls alone, for who uses them and does not own them. */
export interface ValetCalls {
  readonly projects: ProjectCalls;
  readonly machines: { list(filter?: ListMachines, options?: CallOptions): Promise<MachinePage> };
  readonly archives: ArchiveCalls;
  readonly orphans: OrphanCalls;
  readonly pool: PoolCalls;
  readonly sweep: SweepCalls;
  /** Where a request for this host name or project id would go now, and why. Looks only: wakes nothing. */
  route(hostOrId: string, options?: CallOptions): Promise<Route>;
  /** Which installation it is that answers. */
  installation(options?: CallOptions): Promise<Installation>;
  /** All of it at a glance, cheap enough to be asked every other second. How it is bounded: docs/watch.md. */
  overview(options?: CallOptions): Promise<Overview>;
}

export interface ProjectCalls {
  create(input?: CreateProject, options?: CreateOptions): Promise<CreatedProject>;
  get(id: string, options?: CallOptions): Promise<Project>;
  list(filter?: ListProjects, options?: CallOptions): Promise<ProjectPage>;
  /** Resolves once the project is active; at once if it is. */
  wake(id: string, options?: CallOptions): Promise<Project>;
  /** Resolves once the archive is proven and the project dormant. */
  archive(id: string, options?: CallOptions): Promise<Project>;
  /** Active again on the volume that the archive left behind, as if it had never been archived. */
  undo(id: string, options?: CallOptions): Promise<Project>;
  /** Makes an archive the current one of a dormant or lost project, and wakes it from that. */
  restore(id: string, input?: RestoreProject, options?: CallOptions): Promise<Project>;
  /** For ever; the id is not given out again. Its machine is given up without an archive being made. */
  delete(id: string, options?: CallOptions): Promise<Project>;
  /** Keeps it from being archived for a while; ends by itself. */
  hold(id: string, input: HoldProject, options?: CallOptions): Promise<Project>;
  /** What happened to it, the newest first. */
  events(id: string, filter?: ListEvents, options?: CallOptions): Promise<EventPage>;
  /** Why it is awake or asleep, and what comes next. Looks only. */
  explain(id: string, options?: CallOptions): Promise<Explanation>;
}

export interface ArchiveCalls {
  list(projectId: string, filter?: ListArchives, options?: CallOptions): Promise<ArchivePage>;
  /** Reads it back and proves it again. What is wrong with it is the answer, not an error. */
  verify(archiveId: string, options?: CallOptions): Promise<ArchiveProof>;
  /**
   * Proves the current archive of every project again, or all archives of one, told as it happens. One that cannot be read
   * keeps no other from it. Whoever leaves the loop stops it; it changes nothing.
   */
  verifySteps(options?: VerifyArchives, call?: CallOptions): AsyncIterable<VerifyStep>;
  /** Its content: a plain SQLite file. */
  read(archiveId: string, options?: CallOptions): Promise<ArchiveContent>;
}

export interface ArchiveContent {
  readonly archive: Archive;
  /** To be read once, to the end or until it is given up; its bytes are those of the file. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface OrphanCalls {
  /** What stops destructive work or may do so, the oldest first; at most 500. */
  list(options?: CallOptions): Promise<OrphanList>;
  /** Gives them back to Fly, data and all. */
  remove(input: OrphanIds, options?: CallOptions): Promise<OrphanResult>;
  /** The same, told as it happens. Whoever leaves the loop stops it between two of them. */
  removeSteps(input: OrphanIds, options?: CallOptions): AsyncIterable<OrphanStep>;
  /** Leaves them alone from now on; they stop nothing any more. */
  keep(input: OrphanIds, options?: CallOptions): Promise<OrphanResult>;
}

export interface PoolCalls {
  status(options?: CallOptions): Promise<PoolStatus>;
  /** Fills the pool up to its target and waits until the new members are ready. */
  replenish(options?: CallOptions): Promise<ReplenishResult>;
  /** The same, told as it happens. Members that are being made become ready also when nobody follows any more. */
  replenishSteps(options?: CallOptions): AsyncIterable<ReplenishStep>;
  /** No new members until `resume`; those that are there are claimed as before. */
  pause(options?: CallOptions): Promise<PoolStatus>;
  /** Gives the members back to Fly, and makes no new ones until `resume`. */
  drain(input?: DrainPool, options?: CallOptions): Promise<DrainResult>;
  /** The same, member by member. */
  drainSteps(input?: DrainPool, options?: CallOptions): AsyncIterable<DrainStep>;
  resume(options?: CallOptions): Promise<PoolStatus>;
}

export interface SweepCalls {
  /** What `run` with the same options would do, worked out by the same planner. */
  plan(options?: SweepOptions, call?: CallOptions): Promise<SweepPlan>;
  /** Giving up stops the sweep: what is under way is finished, nothing more is begun. */
  run(options?: SweepOptions, call?: CallOptions): Promise<SweepResult>;
  /** The same, told as it happens: how many there are, each project with what became of it, and last the result. */
  steps(options?: SweepOptions, call?: CallOptions): AsyncIterable<SweepStep>;
}
