import type {
  CreatedProject,
  CreateProject,
  ListMachines,
  ListProjects,
  MachinePage,
  PoolStatus,
  Project,
  ProjectPage,
  ReplenishResult,
  Route,
  SweepOptions,
  SweepPlan,
  SweepResult,
} from './resources.js';

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
  readonly pool: PoolCalls;
  readonly sweep: SweepCalls;
  /** Where a request for this host name or project id would go now, and why. Looks only: wakes nothing. */
  route(hostOrId: string, options?: CallOptions): Promise<Route>;
}

export interface ProjectCalls {
  create(input?: CreateProject, options?: CreateOptions): Promise<CreatedProject>;
  get(id: string, options?: CallOptions): Promise<Project>;
  list(filter?: ListProjects, options?: CallOptions): Promise<ProjectPage>;
  /** Resolves once the project is active; at once if it is. */
  wake(id: string, options?: CallOptions): Promise<Project>;
  /** Resolves once the archive is proven and the project dormant. */
  archive(id: string, options?: CallOptions): Promise<Project>;
}

export interface PoolCalls {
  status(options?: CallOptions): Promise<PoolStatus>;
  /** Fills the pool up to its target and waits until the new members are ready. */
  replenish(options?: CallOptions): Promise<ReplenishResult>;
}

export interface SweepCalls {
  /** What `run` with the same options would do, worked out by the same planner. */
  plan(options?: SweepOptions, call?: CallOptions): Promise<SweepPlan>;
  run(options?: SweepOptions, call?: CallOptions): Promise<SweepResult>;
}
