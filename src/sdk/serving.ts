import type { Correlation } from './correlation.js';
import type { RegionNeed } from './pool/needs.js';
import type { ProjectId } from './projects/project-id.js';
import type { MachineFinding, RouteChanges, RouteSource, Waker } from './routing/ports.js';
import type { BackgroundTask, TaskLocks } from './upkeep/task.js';
import type { ValetCalls } from './valet.js';

/** What `valet serve` needs beyond the calls that people make. The control plane offers it; the server uses it. */
export interface Serving {
  /** The name of this instance, as it owns transitions by it. */
  readonly instance: string;
  /** The name of the installation. */
  readonly environment: string;
  readonly valet: ValetCalls;
  readonly routes: RouteSource;
  readonly changes: RouteChanges;
  readonly waker: Waker;
  /** Through which what a request causes knows its id. */
  readonly correlation: Correlation;
  readonly tasks: readonly BackgroundTask[];
  readonly locks: TaskLocks;
  readonly activity: ActivityReports;
  readonly createLimit: CreateLimit;
  /**
   * One look at a project's machine, for a request that came back from it: one that does not run is started, and if it is
   * proven gone the project begins to be rebuilt. Asks Fly: how often is the caller's to bound.
   *
   * @throws ValetError when Fly or the database does not say, or the machine does not start
   */
  observe(id: ProjectId, signal: AbortSignal): Promise<MachineFinding>;
  /** Throws what is wrong with the database, if anything: away, not migrated, bound to another environment. */
  checkDatabase(): Promise<void>;
  /** What waits inside, now. Costs nothing. */
  load(): ServingLoad;
  /** The warm pool against its target, by region; asks the database. */
  poolRegions(): Promise<readonly RegionNeed[]>;
}

/** What waits inside of the control plane. */
export interface ServingLoad {
  /** Projects that somebody waits for, wakes under way, and wakes that wait for their turn. */
  readonly waker: { readonly watched: number; readonly running: number; readonly queued: number };
  /** Connections of the pool, and statements that wait for one. */
  readonly database: { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** Calls that wait for their turn under Fly's rate limits. */
  readonly flyWaiting: number;
}

/** Use of a project that does not pass the router: long connections, or what an operator says. */
export interface ActivityReports {
  /** A machine reports use of its own project with its own secret; while archiving such reports are ignored. */
  byMachine(projectId: string, bearer: string): Promise<'recorded' | 'ignored' | 'unauthorized'>;
  /** The same from an operator. */
  byOperator(projectId: string): Promise<'recorded' | 'ignored'>;
}

/** Public creates, counted per client across all instances. */
export interface CreateLimit {
  /**
   * One create begins.
   *
   * @throws ValetError `rate_limited` with retryAfterSecs and, in its details, the limit; `database_unavailable` when nobody
   *   can count: refused, not opened
   */
  begin(clientKey: string): Promise<CreateAllowance>;
}

/** A create that was allowed to begin. */
export interface CreateAllowance {
  readonly state: RateLimitState;
  /** It is over. What failed through no fault of the client does not count against its longer windows. */
  end(counts: boolean): Promise<void>;
}

/** What a client has left of its creates. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSecs: number;
}
