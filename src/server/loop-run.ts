import type { BackgroundTask } from '../sdk/upkeep/task.js';

/** A run that does not heed its abort for so long counts as stuck. */
const stuckGraceMs = 15_000;

/** One run of a loop, until it is disposed: it ends by its deadline, or is expected to. */
export class LoopRun implements Disposable {
  readonly beganAtMs: number;
  readonly #task: BackgroundTask;
  readonly #now: () => number;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #abortedAtMs: number | undefined;

  constructor(task: BackgroundTask, now: () => number) {
    this.#task = task;
    this.#now = now;
    this.beganAtMs = now();
    const tooLate = new Error(`Not done after ${task.deadlineMs} ms.`);
    this.#timer = setTimeout(() => this.#abort.abort(tooLate), task.deadlineMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** It was told to end before it had: by its deadline, by a stop, or because its lock was lost. */
  get isAborted(): boolean {
    return this.#abortedAtMs !== undefined;
  }

  get isStuck(): boolean {
    const toEndAtMs = this.#abortedAtMs ?? this.beganAtMs + this.#task.deadlineMs;
    return this.#now() - toEndAtMs > stuckGraceMs;
  }

  giveUp(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** @param signal ours and the lock's together */
  async work(signal: AbortSignal): Promise<string | null> {
    const aborted = () => {
      this.#abortedAtMs = this.#now();
    };
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    try {
      return await this.#task.run(signal);
    } finally {
      // A signal of several that is listened to lives as long as they do.
      signal.removeEventListener('abort', aborted);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
