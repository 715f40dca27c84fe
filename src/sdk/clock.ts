/**
 * Time that only goes forward, so that a corrected wall clock neither opens nor closes a queue. A program's own, to move
 * time in a test; whoever brings one brings both halves, since what is waited for must end by the clock that it is
 * measured with.
 */
export interface MonotonicClock {
  /** Milliseconds since any moment that stays the same; fractions are allowed. */
  nowMs(): number;
  /** Calls `act` once, when so many milliseconds have passed. @returns what cancels it; idempotent */
  after(ms: number, act: () => void): () => void;
}

/** The one of this computer. */
export const monotonicClock: MonotonicClock = {
  nowMs: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
