/** What every call of FlyClient takes last. */
export interface FlyCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the whole call: its turn in the queue, its retries and looks included. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 60_000;

/** The end of one call. Each request that it takes gets what the earlier ones have left of its time. */
export class Deadline {
  readonly signal: AbortSignal | undefined;
  readonly #endMs: number;

  constructor({ signal, timeoutMs = defaultTimeoutMs }: FlyCallOptions = {}) {
    this.signal = signal;
    this.#endMs = performance.now() + timeoutMs;
  }

  /** Below zero when it has passed. */
  get leftMs(): number {
    return this.#endMs - performance.now();
  }

  get rest(): FlyCallOptions {
    return { signal: this.signal, timeoutMs: Math.max(1, this.leftMs) };
  }

  /** The rest, and no more than this. */
  within(maxMs: number): FlyCallOptions {
    return { signal: this.signal, timeoutMs: Math.max(1, Math.min(maxMs, this.leftMs)) };
  }

  /**
   * What is to be learned by the way: undefined if it cannot be, since a look that failed has seen nothing.
   * @throws the signal's reason
   */
  async unlessItFails<T>(look: Promise<T>): Promise<T | undefined> {
    try {
      return await look;
    } catch {
      this.signal?.throwIfAborted();
      return undefined;
    }
  }
}
