import type { MonotonicClock } from '../../clock.js';
import type { Rate } from './token-bucket.js';
import { type Outcome, WaitingLine } from './waiting-line.js';

/** Who counts together, and how fast they may go. */
export interface Turn {
  readonly key: string;
  readonly rate: Rate;
}

export type Admission = { readonly queuedMs: number } & (
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: Exclude<Outcome, 'go'> | 'too_many' }
);

export interface RateLimiterSettings {
  readonly clock: MonotonicClock;
  /** Calls that wait, in all lines together. */
  readonly maxWaiting: number;
  /** Buckets that are remembered, beside those that somebody waits for. */
  readonly maxBuckets: number;
}

/**
 * Fly's limits, kept on our side: who would be refused waits instead. Other instances share the limits and are not seen
 * here, so Fly may refuse all the same: that closes the bucket for a while.
 */
export class RateLimiter {
  readonly #settings: RateLimiterSettings;
  readonly #lines = new Map<string, WaitingLine>();
  #waiting = 0;
  #closed = false;

  constructor(settings: RateLimiterSettings) {
    this.#settings = settings;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get buckets(): number {
    return this.#lines.size;
  }

  /**
   * Resolves when it is the caller's turn, or as soon as it is known that its turn would come too late.
   * @throws the signal's reason
   */
  async admit(turn: Turn, timeoutMs: number, signal?: AbortSignal): Promise<Admission> {
    signal?.throwIfAborted();
    const { clock, maxWaiting } = this.#settings;
    const startMs = clock.nowMs();
    if (this.#closed) return { admitted: false, reason: 'closed', queuedMs: 0 };
    if (this.#waiting >= maxWaiting) return { admitted: false, reason: 'too_many', queuedMs: 0 };
    this.#waiting++;
    try {
      const outcome = await this.#wait(turn, startMs + timeoutMs, signal);
      const queuedMs = clock.nowMs() - startMs;
      return outcome === 'go' ? { admitted: true, queuedMs } : { admitted: false, reason: outcome, queuedMs };
    } finally {
      this.#waiting--;
    }
  }

  /** Fly refused: its bucket is empty, whatever ours says. At least one token's time passes before the next. */
  slowDown({ key, rate }: Turn, retryAfterMs: number): void {
    const least = 1_000 / rate.perSec;
    this.#lineOf({ key, rate }).closeFor(Math.min(maxClosedMs, Math.max(least, retryAfterMs)));
  }

  close(): void {
    this.#closed = true;
    for (const line of this.#lines.values()) line.close();
  }

  async #wait(turn: Turn, deadlineMs: number, signal: AbortSignal | undefined): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const giveUp = this.#lineOf(turn).join({ deadlineMs, leave: resolve });
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      giveUp();
      signal?.removeEventListener('abort', abort);
    }
  }

  #lineOf({ key, rate }: Turn): WaitingLine {
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    if (this.#lines.size >= this.#settings.maxBuckets) this.#forget();
    const line = new WaitingLine(rate, this.#settings.clock);
    this.#lines.set(key, line);
    return line;
  }

  /** The idle ones; if there are none, the oldest for which nobody waits: it may then go a little too fast. */
  #forget(): void {
    const unneeded = [...this.#lines].filter(([, line]) => line.length === 0);
    const idle = unneeded.filter(([, line]) => line.idle);
    for (const [key] of idle.length > 0 ? idle : unneeded.slice(0, 1)) this.#lines.delete(key);
  }
}

/** However long Fly says: one wrong header must not silence an action for an hour. */
const maxClosedMs = 60_000;
