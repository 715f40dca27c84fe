import type { OpenBreaker, RegionNeed } from './needs.js';

export interface Creation {
  readonly region: string;
  readonly count: number;
  /** `probe`: to find out whether it works again. */
  readonly why: 'shortfall' | 'probe';
}

/** At most so many machines are asked for in one pass over all regions: creates into one Fly app run at one per second. */
export const replenishBatch = 5;

/** What is to be made where: region by region in turn, the emptiest first, so that none waits for another to be full. */
export function planCreations(
  needs: readonly RegionNeed[],
  openBreakers: readonly OpenBreaker[],
): { readonly create: readonly Creation[]; readonly held: readonly string[] } {
  const lacking = needs.filter(({ shortfall }) => shortfall > 0).toSorted((one, other) => fill(one) - fill(other));
  const wanted = lacking.map((need) => creationFor(need, breakerOf(need, openBreakers)));
  const create = dealt(wanted, replenishBatch).filter(({ count }) => count > 0);
  const held = lacking.filter((need) => breakerOf(need, openBreakers)).map(({ region }) => opened(region));
  return { create, held };
}

function breakerOf({ region }: RegionNeed, open: readonly OpenBreaker[]): OpenBreaker | undefined {
  return open.find((breaker) => breaker.region === region);
}

/** A probe that is under way is waited for. */
function creationFor(need: RegionNeed, breaker: OpenBreaker | undefined): Creation {
  const { region, shortfall, provisioning } = need;
  if (!breaker) return { region, count: shortfall, why: 'shortfall' };
  return { region, count: breaker.probeDue && provisioning === 0 ? 1 : 0, why: 'probe' };
}

function fill({ ready, provisioning, target }: RegionNeed): number {
  return (ready + provisioning) / target;
}

/** One to each in turn, until all have theirs or none is left. */
function dealt(wanted: readonly Creation[], most: number): Creation[] {
  const counts = wanted.map(() => 0);
  const total = wanted.reduce((sum, { count }) => sum + count, 0);
  for (let left = Math.min(most, total), turn = 0; left > 0; turn++) {
    const index = turn % wanted.length;
    if ((counts[index] ?? 0) >= (wanted[index]?.count ?? 0)) continue;
    counts[index] = (counts[index] ?? 0) + 1;
    left -= 1;
  }
  return wanted.map((creation, index) => ({ ...creation, count: counts[index] ?? 0 }));
}

function opened(region: string): string {
  return `Making members in ${region} has failed too often: only one probe at a time is made there.`;
}
