import type { Readiness } from './readiness.js';

/** A machine or control plane instance, as far as the choice looks at it. */
export interface Candidate {
  readonly id: string;
  readonly region: string;
  readonly readiness: Readiness;
  /** Only for those who name it as `instance`. */
  readonly cordoned: boolean;
}

export type RegionGroups = readonly (readonly string[])[];

export interface Wish {
  /** Exactly this one, whatever else is there. */
  readonly instance?: string | undefined;
  readonly preferInstance?: string | undefined;
  /** Only there: groups of region codes, the best group first. */
  readonly regions?: RegionGroups | undefined;
  /** There if possible. */
  readonly preferRegions?: RegionGroups | undefined;
  readonly except?: string | undefined;
  /** Nothing is started for it. */
  readonly wakesNothing?: boolean | undefined;
}

/** Why there is nothing to try although something fits. */
export type Obstacle = 'full' | 'resting';

export interface Choice<T> {
  /** Best first. */
  readonly targets: readonly T[];
  readonly obstacle: Obstacle | undefined;
}

/**
 * Those that fit, best first: the preferred one, then by region as listed, then in the proxy's own region, and there
 * first those that run below their soft limit, then those that must be started, then busy ones.
 * Source: fly.io/docs/reference/load-balancing. Fly's choice of the nearest of the other regions is not imitated.
 */
export function chooseTargets<T extends Candidate>(candidates: readonly T[], wish: Wish, region: string): Choice<T> {
  const fitting = candidates.filter((one) => fits(one, wish));
  const readiness = (one: T) => (wish.wakesNothing && one.readiness === 'asleep' ? 'resting' : one.readiness);
  const rank = (one: T): number[] => [
    one.id === wish.preferInstance ? 0 : 1,
    regionRank(one.region, wish.regions) ?? 0,
    regionRank(one.region, wish.preferRegions) ?? Number.MAX_SAFE_INTEGER,
    one.region === region ? 0 : 1,
    usable.indexOf(readiness(one)),
  ];
  return {
    targets: fitting
      .filter((one) => usable.includes(readiness(one)))
      .toSorted((a, b) => compareRanks(rank(a), rank(b))),
    obstacle: obstacles.find((obstacle) => fitting.some((one) => readiness(one) === obstacle)),
  };
}

const usable: readonly Readiness[] = ['ready', 'asleep', 'busy'];
const obstacles: readonly Obstacle[] = ['full', 'resting'];

function fits(one: Candidate, wish: Wish): boolean {
  const named = one.id === wish.instance;
  if (one.id === wish.except || (one.cordoned && !named) || (wish.instance !== undefined && !named)) return false;
  return wish.regions === undefined || regionRank(one.region, wish.regions) !== undefined;
}

/** Undefined when the region is not listed. */
function regionRank(region: string, wanted: RegionGroups | undefined): number | undefined {
  const rank = wanted?.findIndex((group) => group.includes(region)) ?? -1;
  return rank === -1 ? undefined : rank;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  return a.map((rank, at) => rank - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
