export interface PoolCounts {
  readonly ready: number;
  /** In flight: rows that are being made into machines. They are the expectation that keeps us from asking twice. */
  readonly provisioning: number;
}

/** At most so many machines are asked for in one pass: creates into one Fly app run at one per second. */
export const replenishBatch = 5;

/** How many machines the pool lacks. */
export function shortfall(target: number, counts: PoolCounts): number {
  return Math.max(0, target - counts.ready - counts.provisioning);
}

/** How many to ask for now. */
export function planReplenishment(target: number, counts: PoolCounts): number {
  return Math.min(replenishBatch, shortfall(target, counts));
}
