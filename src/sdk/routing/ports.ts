import type { ProjectState } from '../lifecycle/states.js';
import type { ProjectId } from '../projects/project-id.js';

/** What a routing decision looks at. */
export interface ProjectView {
  readonly id: ProjectId;
  readonly state: ProjectState;
  readonly epoch: number;
  readonly machine: { readonly flyId: string; readonly app: string } | null;
  /** Seconds since the last use that the row knows of, by the database's clock, when it was read. */
  readonly idleSecs: number;
}

/** The rows behind the routes. */
export interface RouteSource {
  /** In any order, without those that were never given out; a deleted project has a view. */
  readAll(ids: readonly ProjectId[]): Promise<readonly ProjectView[]>;
  /** Those of them that are not active in that epoch, in any order: what was read of them says no longer where they are. */
  moved(known: readonly { readonly id: ProjectId; readonly epoch: number }[]): Promise<readonly ProjectId[]>;
  /** Moves last_active_at to now, if the project is still active in this epoch; false means: decide again. */
  touch(id: ProjectId, epoch: number): Promise<boolean>;
  /** The same for many, where a project that has moved on is simply passed over. */
  touchAll(touches: readonly { readonly id: ProjectId; readonly epoch: number }[]): Promise<void>;
}

/** News that a project's row has changed, from whichever instance changed it. */
export interface RouteChanges {
  /** False while news may be lost: nothing cached may be served then without reading. */
  readonly healthy: boolean;
  /** `reset` is called when it becomes healthy again after it was not. Returns the way to unsubscribe. */
  subscribe(listener: RouteChangeListener): () => void;
}

/** Who is told of changes. */
export interface RouteChangeListener {
  /** The row of the project with this id has changed. */
  changed(id: string): void;
  /** Any row may have changed while nobody listened. */
  reset(): void;
}

/** Who wakes projects. */
export interface Waker {
  /**
   * Waits until the project is active, waking it if it sleeps, and answers its view. Any number of callers on any
   * number of instances share one wake; one that gives up does not stop it.
   *
   * @throws ValetError `wake_timeout`, `wake_failed`, `overloaded` (each with retryAfterSecs), `project_lost`,
   * `project_not_found`, `project_deleted`
   */
  awake(id: ProjectId, options: { readonly signal?: AbortSignal; readonly timeoutMs: number }): Promise<ProjectView>;
}

/** What became of the machine that a request came back from. */
export type MachineFinding =
  /** `started`: it did not run, and does now. */
  | { readonly kind: 'there' | 'started' | 'missing' | 'unknown' | 'given_up' | 'rebuilding' }
  | { readonly kind: 'lost'; readonly why: string };
