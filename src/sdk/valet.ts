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
  Machine,
  MachinePage,
  OrphanIds,
  OrphanList,
  OrphanResult,
  Overview,
  PoolStatus,
  Project,
  ProjectEvent,
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

/** What every call takes last. */
export interface CallOptions {
  /**
   * Gives up waiting: an aborted one begins nothing, and a call under way rejects at once with the signal's reason. What
   * was begun for others (a wake, an archive), or has reached the database, goes on.
   */
  readonly signal?: AbortSignal;
}

/** How a project is created. */
export interface CreateOptions extends CallOptions {
  /**
   * The same key gives the first answer again for 24 hours, deploy key included. 1 to 200 characters; over HTTP visible
   * ASCII.
   */
  readonly idempotencyKey?: string;
}

/** How a list is walked. */
export interface AllOptions extends CallOptions {
  /** What is asked for, and held, at a time: 1 to 500; 100 if left out. */
  readonly pageSize?: number;
}

/** Which projects; those that are not deleted if left out. */
export type AllProjects = Omit<ListProjects, 'cursor' | 'limit'>;

/** Which machines; all that the environment has or has had if left out. */
export type AllMachines = Omit<ListMachines, 'cursor' | 'limit'>;

/**
 * Everything a person can ask Valet for. `createControlPlane` answers it directly (database, Fly, R2), `createClient`
 * over HTTP against `valet serve`; commands and programs cannot tell which they hold.
 *
 * Every call rejects with a ValetError. Beside the codes that stand at each, any may have `database_unavailable` or
 * `request_invalid` (an option out of its range), and over HTTP `valet_unreachable`, `unauthorized` or `overloaded`
 * (the server is stopping). Disposing ends calls in flight and closes what was opened; it may be repeated.
 */
export interface Valet extends ValetCalls, AsyncDisposable {}

/** The calls alone, for who uses them and does not own them. */
export interface ValetCalls {
  readonly projects: ProjectCalls;
  readonly machines: MachineCalls;
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

/** An id that can be none is `project_id_invalid` for each of them. */
export interface ProjectCalls {
  /**
   * Resolves once the project is active, on a machine from the warm pool or one that is made for it. Its deploy key is
   * shown here and never again.
   *
   * @throws ValetError `project_id_taken`, `idempotency_conflict`, `rate_limited`, `fly_failed`, `machine_unreachable`,
   *   `machine_refused`
   */
  create(input?: CreateProject, options?: CreateOptions): Promise<CreatedProject>;
  /** As it is now. @throws ValetError `project_not_found` */
  get(id: string, options?: CallOptions): Promise<Project>;
  /** One page, by id; without deleted ones unless they are asked for. */
  list(filter?: ListProjects, options?: CallOptions): Promise<ProjectPage>;
  /** All of them, page after page as they are wanted. What changes meanwhile is seen as it is when its page is read. */
  all(filter?: AllProjects, options?: AllOptions): AsyncIterable<Project>;
  /**
   * Resolves once the project is active; at once if it is. Ends an archive that is under way.
   *
   * @throws ValetError `project_not_found`, `project_deleted`, `project_lost`, `wake_failed` and `wake_timeout` (with
   *   retryAfterSecs), `overloaded`
   */
  wake(id: string, options?: CallOptions): Promise<Project>;
  /**
   * Resolves once the archive is proven and the project dormant; at once if it is dormant.
   *
   * @throws ValetError `project_not_found`, `project_deleted`, `project_lost`, `state_changed` (in use, held, or changed
   *   by somebody else), `machine_busy`, `no_machine`, `archive_unproven`, `archive_failed`, `cannot_restore`,
   *   `store_failed`, `transition_refused`
   */
  archive(id: string, options?: CallOptions): Promise<Project>;
  /**
   * Active again on the volume that the archive left behind, as if it had never been archived.
   *
   * @throws ValetError `project_not_found`, `transition_refused` (not dormant, or the volume is no longer kept),
   *   `fly_failed` (the old machine is not gone yet), `state_changed`, `wake_failed`, `wake_timeout`
   */
  undo(id: string, options?: CallOptions): Promise<Project>;
  /**
   * Makes an archive the current one of a dormant or lost project, and wakes it from that.
   *
   * @throws ValetError `project_not_found`, `project_deleted`, `project_lost` (it has no archive), `not_found` (not its
   *   archive), `transition_refused` (in use, or the archive is not to be had), `state_changed`, `restore_failed`,
   *   `wake_failed`
   */
  restore(id: string, input?: RestoreProject, options?: CallOptions): Promise<Project>;
  /**
   * For ever; the id is not given out again. Its machine is given up without an archive being made. Success if it is
   * deleted already.
   *
   * @throws ValetError `project_not_found`
   */
  delete(id: string, options?: CallOptions): Promise<Project>;
  /** Keeps it from being archived for a while; ends by itself. @throws ValetError `project_not_found`, `project_deleted` */
  hold(id: string, input: HoldProject, options?: CallOptions): Promise<Project>;
  /** One page of what happened to it, the newest first. @throws ValetError `project_not_found` */
  events(id: string, filter?: ListEvents, options?: CallOptions): Promise<EventPage>;
  /** All that happened to it, the newest first, page after page as it is wanted. @throws ValetError `project_not_found` */
  allEvents(id: string, options?: AllOptions): AsyncIterable<ProjectEvent>;
  /** Why it is awake or asleep, and what comes next. Looks only. @throws ValetError `project_not_found` */
  explain(id: string, options?: CallOptions): Promise<Explanation>;
}

/** Machines, as the rows of the database have them. */
export interface MachineCalls {
  /** One page of the machines that we own or have owned. */
  list(filter?: ListMachines, options?: CallOptions): Promise<MachinePage>;
  /** All of them, page after page as they are wanted. */
  all(filter?: AllMachines, options?: AllOptions): AsyncIterable<Machine>;
}

/** Archives: listed by project, proven and read by their own ids. */
export interface ArchiveCalls {
  /** One page of those that a restore could use, the newest first. @throws ValetError `project_not_found` */
  list(projectId: string, filter?: ListArchives, options?: CallOptions): Promise<ArchivePage>;
  /** All of them, page after page as they are wanted. @throws ValetError `project_not_found` */
  all(projectId: string, options?: AllOptions): AsyncIterable<Archive>;
  /**
   * Reads it back and proves it again. What is wrong with it is the answer, not an error.
   *
   * @throws ValetError `not_found`, `store_failed`, `archive_failed`
   */
  verify(archiveId: string, options?: CallOptions): Promise<ArchiveProof>;
  /**
   * Proves the current archive of every project again, or all archives of one, told as it happens. One that cannot be read
   * keeps no other from it. Whoever leaves the loop stops it; it changes nothing.
   *
   * @throws ValetError `request_invalid`, `project_not_found`, and what keeps a list from being read
   */
  verifySteps(options?: VerifyArchives, call?: CallOptions): AsyncIterable<VerifyStep>;
  /**
   * Its content: a plain SQLite file.
   *
   * @throws ValetError `not_found`, `store_failed`; while it is read also `archive_unproven`, when it is not what was proven
   */
  read(archiveId: string, options?: CallOptions): Promise<ArchiveContent>;
}

/** An archive and its bytes. */
export interface ArchiveContent {
  readonly archive: Archive;
  /** To be read once, to the end or until it is given up; its bytes are those of the file. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What carries our stamp at Fly and is not accounted for. */
export interface OrphanCalls {
  /** What stops destructive work or may do so, the oldest first; at most 500. */
  list(options?: CallOptions): Promise<OrphanList>;
  /** Gives them back to Fly, data and all. Those that cannot be are in the answer, each with its code. */
  remove(input: OrphanIds, options?: CallOptions): Promise<OrphanResult>;
  /** The same, told as it happens. Whoever leaves the loop stops it between two of them. */
  removeSteps(input: OrphanIds, options?: CallOptions): AsyncIterable<OrphanStep>;
  /** Leaves them alone from now on; they stop nothing any more. */
  keep(input: OrphanIds, options?: CallOptions): Promise<OrphanResult>;
}

/** The warm pool. */
export interface PoolCalls {
  /** Its members against their target, by region, what stands in the way of making more, and its use in 24 hours. */
  status(options?: CallOptions): Promise<PoolStatus>;
  /**
   * Fills the pool up to its target and waits until the new members are ready. Those that failed are in the answer.
   *
   * @throws ValetError `fuse_blown`
   */
  replenish(options?: CallOptions): Promise<ReplenishResult>;
  /** The same, told as it happens. Members that are being made become ready also when nobody follows any more. */
  replenishSteps(options?: CallOptions): AsyncIterable<ReplenishStep>;
  /** No new members until `resume`; those that are there are claimed as before. */
  pause(options?: CallOptions): Promise<PoolStatus>;
  /**
   * Gives the members back to Fly, and makes no new ones until `resume`.
   *
   * @throws ValetError `fuse_blown`, also for more members than `limit`; then nothing was done
   */
  drain(input?: DrainPool, options?: CallOptions): Promise<DrainResult>;
  /** The same, member by member. */
  drainSteps(input?: DrainPool, options?: CallOptions): AsyncIterable<DrainStep>;
  /** Fills again, after `pause` or `drain`. */
  resume(options?: CallOptions): Promise<PoolStatus>;
}

/** The search for projects that nobody uses. */
export interface SweepCalls {
  /** What `run` with the same options would do, worked out by the same planner. */
  plan(options?: SweepOptions, call?: CallOptions): Promise<SweepPlan>;
  /**
   * Archives them. Giving up stops the sweep: what is under way is finished, nothing more is begun.
   *
   * @throws ValetError `fuse_blown`
   */
  run(options?: SweepOptions, call?: CallOptions): Promise<SweepResult>;
  /** The same, told as it happens: how many there are, each project with what became of it, and last the result. */
  steps(options?: SweepOptions, call?: CallOptions): AsyncIterable<SweepStep>;
}
