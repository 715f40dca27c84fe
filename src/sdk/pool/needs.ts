import type { PoolMode } from '../resources.js';
import type { PoolAim } from './aim.js';

export interface RegionCounts {
  readonly region: string;
  readonly ready: number;
  /** In flight: rows that are being made into machines. They are the expectation that keeps us from asking twice. */
  readonly provisioning: number;
  /** Ready, but of another configuration than the current one. */
  readonly outdated: number;
}

/** Region and image that kept failing; nothing is made there but one probe at a time. */
export interface OpenBreaker {
  readonly region: string;
  readonly probeDue: boolean;
}

/** All that decides what happens to the pool next. */
export interface PoolSnapshot {
  readonly mode: PoolMode;
  /** Of the `valet serve` that was started last. */
  readonly aim: PoolAim;
  /** Only regions that have members. */
  readonly regions: readonly RegionCounts[];
  /** Those of the current image. */
  readonly openBreakers: readonly OpenBreaker[];
}

export interface RegionNeed extends RegionCounts {
  readonly target: number;
  readonly shortfall: number;
}

/** Every region that has a target or members, in the order of the configuration. */
export function regionNeeds({ aim, regions }: Pick<PoolSnapshot, 'aim' | 'regions'>): RegionNeed[] {
  const targets = new Map(aim.targets.map(({ region, target }) => [region, target]));
  const names = new Set([...targets.keys(), ...regions.map(({ region }) => region)]);
  return [...names].map((region) => {
    const counts = regions.find((each) => each.region === region) ?? { region, ready: 0, provisioning: 0, outdated: 0 };
    const target = targets.get(region) ?? 0;
    return { ...counts, target, shortfall: Math.max(0, target - counts.ready - counts.provisioning) };
  });
}

/** The same for all regions together. */
export function wholeNeed(needs: readonly RegionNeed[]): Omit<RegionNeed, 'region'> {
  const sum = (of: (need: RegionNeed) => number) => needs.reduce((total, need) => total + of(need), 0);
  return {
    target: sum((need) => need.target),
    ready: sum((need) => need.ready),
    provisioning: sum((need) => need.provisioning),
    outdated: sum((need) => need.outdated),
    shortfall: sum((need) => need.shortfall),
  };
}
