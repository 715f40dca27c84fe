import type { Clock } from '../../clock.js';

export type FailureReason = 'timeout' | 'retries_exhausted' | 'no_candidate';

/** "up to 90 retries are attempted": fly.io/docs/monitoring/error-codes, PR03 */
const maxAttempts = 90;

/** How long a target is tried: by the replay's own `timeout`, and while it is dead never longer than Fly does. */
export class Patience {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #deadTargetDelayMs: number;
  readonly #startedAtMs: number;
  #deadSinceMs: number;
  #woke = false;
  #attempts = 0;

  constructor(clock: Clock, timeoutMs: number | undefined, deadTargetDelayMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs ?? Number.POSITIVE_INFINITY;
    this.#deadTargetDelayMs = deadTargetDelayMs;
    this.#startedAtMs = clock.nowMs();
    this.#deadSinceMs = this.#startedAtMs;
  }

  get elapsedMs(): number {
    return this.#clock.nowMs() - this.#startedAtMs;
  }

  /** Infinity without a `timeout`. */
  get untilTimeoutMs(): number {
    return Math.max(0, this.#timeoutMs - this.elapsedMs);
  }

  get leftMs(): number {
    if (this.#attempts >= maxAttempts) return 0;
    const untilDeadMs = this.#deadTargetDelayMs - (this.#clock.nowMs() - this.#deadSinceMs);
    return Math.max(0, Math.min(this.untilTimeoutMs, untilDeadMs));
  }

  attempted(): void {
    this.#attempts += 1;
  }

  /** A machine that came up gets time to listen: once, or one that crashes at every start would be tried for ever. */
  machineWoke(): void {
    if (this.#woke) return;
    this.#woke = true;
    this.#deadSinceMs = this.#clock.nowMs();
  }

  reason(candidates: number): FailureReason {
    if (this.untilTimeoutMs <= 0) return 'timeout';
    return candidates === 0 ? 'no_candidate' : 'retries_exhausted';
  }
}
