/** A standing duty: takes no input, reads what is and what should be, and closes the gap. Doing it twice is harmless. */
export interface BackgroundTask {
  readonly name: string;
  /** The advisory lock that keeps two instances from doing it twice (design §5). */
  readonly lock: number;
  readonly periodMs: number;
  /** A run that takes longer is aborted. */
  readonly deadlineMs: number;
  /** One pass. Answers what was done, for the log, or null if there was nothing to do. */
  run(signal: AbortSignal): Promise<string | null>;
  /** After a pass: milliseconds until something is due, where that may be before the period has ended; null if nothing is. */
  dueInMs?(): Promise<number | null>;
  /** Calls back when there is a reason not to wait for the period to end. Returns the way to unsubscribe. */
  onNudge?(nudge: () => void): () => void;
}

/** Session advisory locks on a direct connection of their own. */
export interface TaskLocks {
  /** Those that this instance holds now. */
  readonly held: ReadonlySet<number>;
  /**
   * Runs the task if nobody holds the lock: never waits for it. The signal aborts when the caller's does or when the
   * lock's connection is lost.
   */
  tryRun<T>(
    lock: number,
    task: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<{ readonly held: true } | { readonly held: false; readonly result: T }>;
}
