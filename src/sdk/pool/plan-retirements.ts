import { type RegionNeed, wholeNeed } from './needs.js';

export interface PoolRetirement {
  readonly region: string;
  readonly count: number;
  readonly cause: 'outdated' | 'surplus' | 'drained';
}

/** At most so many members go in one pass for being outdated or too many. */
export const retireBatch = 5;
/** At most so many are drained in one pass. */
export const drainBatch = 50;

/**
 * What may go without being missed. In its region, what stays still makes up the target: an outdated member goes only
 * as a current one is ready in its place. And so it does over all regions: what is too many here may stand in for what
 * another region lacks.
 */
export function planRetirements(needs: readonly RegionNeed[]): PoolRetirement[] {
  const whole = wholeNeed(needs);
  const spare = Math.max(0, whole.ready + whole.outdated - whole.target);
  return limited([...needs.map(outdated), ...needs.map(surplus)], Math.min(spare, retireBatch));
}

/** Everything that is ready, of whatever configuration. */
export function planDrain(needs: readonly RegionNeed[]): PoolRetirement[] {
  const all = needs.map(
    ({ region, ready, outdated }) => ({ region, count: ready + outdated, cause: 'drained' }) as const,
  );
  return limited(all, drainBatch);
}

function outdated({ region, target, ready, outdated }: RegionNeed): PoolRetirement {
  return { region, count: Math.min(outdated, Math.max(0, ready + outdated - target)), cause: 'outdated' };
}

function surplus({ region, target, ready }: RegionNeed): PoolRetirement {
  return { region, count: Math.max(0, ready - target), cause: 'surplus' };
}

function limited(wishes: readonly PoolRetirement[], most: number): PoolRetirement[] {
  let left = most;
  const allowed = wishes.map((wish) => {
    const count = Math.min(wish.count, left);
    left -= count;
    return { ...wish, count };
  });
  return allowed.filter(({ count }) => count > 0);
}
