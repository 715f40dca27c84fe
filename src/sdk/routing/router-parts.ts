import type { ProjectId } from '../projects/project-id.js';
import type { MachineFinding, RouteChanges, RouteSource, Waker } from './ports.js';
import type { ReplaySettings } from './replay-header.js';

/** What a router is made of. */
export interface RouterParts {
  readonly source: RouteSource;
  readonly changes: RouteChanges;
  readonly waker: Waker;
  /** One look at the machine of a project that a request came back from; repairs what it finds. */
  readonly observe: (id: ProjectId, signal: AbortSignal) => Promise<MachineFinding>;
  readonly routerDomain: string | undefined;
  readonly replay: ReplaySettings;
  readonly wakeTimeoutMs: number;
  /** Requests that may wait for their project at once on this instance. */
  readonly maxHeld?: number;
  readonly maxEntries?: number;
  readonly readTimeoutMs?: number;
  readonly flushMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Told of trouble that no request is refused for. */
  readonly report?: (error: Error) => void;
}
