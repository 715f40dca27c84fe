/** Time that only goes forward, so that a corrected wall clock neither opens nor closes a queue. */
export interface MonotonicClock {
  nowMs(): number;
  /** Calls `act` once, when so much time has passed. @returns what cancels it */
  after(ms: number, act: () => void): () => void;
}

export const monotonicClock: MonotonicClock = {
  nowMs: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
