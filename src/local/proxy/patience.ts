export type FailureReason = 'timeout' | 'retries_exhausted' | 'no_candidate';

/** How long a target is tried: by the replay's own `timeout`, and while it is dead never longer than Fly does. */
export class Patience {
  readonly #timeoutMs: number;
  readonly #deadTargetDelayMs: number;
  readonly #startedAtMs = performance.now();
  #deadSinceMs = this.#startedAtMs;
  #woke = false;

  constructor(timeoutMs: number | undefined, deadTargetDelayMs: number) {
    this.#timeoutMs = timeoutMs ?? Number.POSITIVE_INFINITY;
    this.#deadTargetDelayMs = deadTargetDelayMs;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** Infinity without a `timeout`. */
  get untilTimeoutMs(): number {
    return Math.max(0, this.#timeoutMs - this.elapsedMs);
  }

  get leftMs(): number {
    const untilDeadMs = this.#deadTargetDelayMs - (performance.now() - this.#deadSinceMs);
    return Math.max(0, Math.min(this.untilTimeoutMs, untilDeadMs));
  }

  /** A machine that came up gets time to listen: once, or one that crashes at every start would be tried for ever. */
  machineWoke(): void {
    if (this.#woke) return;
    this.#woke = true;
    this.#deadSinceMs = performance.now();
  }

  reason(candidates: number): FailureReason {
    if (this.untilTimeoutMs <= 0) return 'timeout';
    return candidates === 0 ? 'no_candidate' : 'retries_exhausted';
  }
}
