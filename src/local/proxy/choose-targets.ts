/** A machine or control plane instance, as far as the choice looks at it. */
export interface Candidate {
  readonly id: string;
  readonly region: string;
  readonly started: boolean;
  /** Takes requests now, or after a start that the proxy may cause. */
  readonly usable: boolean;
}

export interface Wish {
  /** Exactly this one, whatever else is there. */
  readonly instance?: string | undefined;
  readonly preferInstance?: string | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly except?: string | undefined;
}

/** Those that fit, best first: the preferred one, then by region as listed, then those that need no start. */
export function chooseTargets<T extends Candidate>(candidates: readonly T[], wish: Wish): readonly T[] {
  const rank = (one: T): number[] => [
    one.id === wish.preferInstance ? 0 : 1,
    regionRank(one.region, wish.regions),
    one.started ? 0 : 1,
  ];
  return candidates
    .filter((one) => one.usable && one.id !== wish.except)
    .filter((one) => wish.instance === undefined || one.id === wish.instance)
    .filter((one) => regionRank(one.region, wish.regions) >= 0)
    .toSorted((a, b) => compareRanks(rank(a), rank(b)));
}

/** -1 when the region is not asked for. Fly's area names (`eu`, `na`, …) are not known here. */
function regionRank(region: string, wanted: readonly string[] | undefined): number {
  return wanted === undefined ? 0 : wanted.findIndex((one) => one === region || one === 'any');
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  return a.map((rank, at) => rank - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
