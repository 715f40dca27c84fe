import type { CountsRow } from '../database/overview.js';

export interface KeptCountParts {
  /** @throws when it cannot be counted within the limit */
  readonly count: (limitMs: number) => Promise<CountsRow>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

const limitMs = 5_000;
/** So many times as long as it took, a count is kept: however many projects, counting takes a fiftieth of the time. */
const keptTimes = 50;
const leastKeptMs = 1_000;
const failureKeptMs = 60_000;

/** How many projects there are in each state, at a cost that does not grow with how often it is asked. */
export class KeptCount {
  readonly #parts: KeptCountParts;
  #kept: CountsRow | null = null;
  #keptUntilMs = Number.NEGATIVE_INFINITY;
  #running: Promise<CountsRow | null> | undefined;

  constructor(parts: KeptCountParts) {
    this.#parts = parts;
  }

  /** Null when counting takes too long; it is then not tried again for a minute. */
  async get(): Promise<CountsRow | null> {
    if (this.#parts.now() < this.#keptUntilMs) return this.#kept;
    this.#running ??= this.#count().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #count(): Promise<CountsRow | null> {
    const { count, now } = this.#parts;
    const beganAtMs = now();
    try {
      this.#kept = await count(limitMs);
      this.#keptUntilMs = now() + Math.max(leastKeptMs, keptTimes * (now() - beganAtMs));
    } catch (error) {
      // Whatever else fails at once says itself what is wrong; only what took its whole time is left alone.
      if (now() - beganAtMs < limitMs) throw error;
      this.#kept = null;
      this.#keptUntilMs = now() + failureKeptMs;
    }
    return this.#kept;
  }
}
