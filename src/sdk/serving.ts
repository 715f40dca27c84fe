import type { ProjectId } from './projects/project-id.js';
import type { RouteChanges, RouteSource, Waker } from './routing/ports.js';
import type { Finding } from './upkeep/observe.js';
import type { BackgroundTask, TaskLocks } from './upkeep/task.js';
import type { ValetCalls } from './valet.js';

/** What `valet serve` needs beyond the calls that people make. The control plane offers it; the server uses it. */
export interface Serving {
  readonly valet: ValetCalls;
  readonly routes: RouteSource;
  readonly changes: RouteChanges;
  readonly waker: Waker;
  readonly tasks: readonly BackgroundTask[];
  readonly locks: TaskLocks;
  readonly activity: ActivityReports;
  readonly createLimit: CreateLimit;
  /**
   * One look at a project's machine, which begins to rebuild the project if it is proven gone; for a request that came
   * back from it. Asks Fly: how often is the caller's to bound.
   *
   * @throws ValetError when Fly or the database does not say
   */
  observe(id: ProjectId, signal: AbortSignal): Promise<Finding>;
  /** Throws what is wrong with the database, if anything: away, not migrated, bound to another environment. */
  checkDatabase(): Promise<void>;
}

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

export interface CreateAllowance {
  readonly state: RateLimitState;
  /** It is over. What failed through no fault of the client does not count against its longer windows. */
  end(counts: boolean): Promise<void>;
}

export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSecs: number;
}
