import { type PoolSnapshot, regionNeeds } from './needs.js';
import { type Creation, planCreations } from './plan-creations.js';
import { type PoolRetirement, planDrain, planRetirements } from './plan-retirements.js';

export interface PoolPlan {
  readonly create: readonly Creation[];
  /** Ready members, the oldest first. */
  readonly retire: readonly PoolRetirement[];
  /** Why less is made than the targets ask for, one sentence each. */
  readonly held: readonly string[];
}

/**
 * What a pass does to the pool. Only who has the current configuration acts: in a rolling deploy the older instances
 * and the newer ones would otherwise give back each other's members for ever.
 */
export function planPool(snapshot: PoolSnapshot, ownConfigHash: string): PoolPlan {
  if (snapshot.aim.configHash !== ownConfigHash) return { create: [], retire: [], held: [anothersKind] };
  const needs = regionNeeds(snapshot);
  switch (snapshot.mode) {
    case 'draining':
      return { create: [], retire: planDrain(needs), held: ['The pool is drained until it is resumed.'] };
    case 'paused':
      return { create: [], retire: planRetirements(needs), held: ['The pool is paused until it is resumed.'] };
    case 'filling':
      return { ...planCreations(needs, snapshot.openBreakers), retire: planRetirements(needs) };
  }
}

const anothersKind =
  'A "valet serve" with another image or configuration was started later: filling the pool is left to it.';
