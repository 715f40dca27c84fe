import type { RegionNeed } from '../../sdk/pool/needs.js';
import type { Serving } from '../../sdk/serving.js';
import { SharedRead } from '../shared-read.js';
import type { RegionLabels } from './labels.js';
import type { Readings, Shown } from './shown.js';

const keepMs = 5_000;
const timeoutMs = 1_000;

/** The one thing that the database has to tell: asked seldom and not waited for long. Without it the rest is shown. */
export function showPool(
  shown: Shown,
  serving: Pick<Serving, 'poolRegions'>,
  regions: RegionLabels,
  now: () => number,
): void {
  const pool = new SharedRead({ read: () => serving.poolRegions(), keepMs, timeoutMs, now });
  const needs = () => pool.get().catch(() => []);
  shown.gauges(
    'valet_pool_machines',
    'Members of the warm pool of all instances, by region and state.',
    ['region', 'state'],
    async () => machinesOf(await needs(), regions),
  );
  shown.gauges('valet_pool_target', 'How many ready members the pool is to have.', ['region'], async () =>
    summed(await needs(), regions, ({ target }) => target),
  );
  shown.gauge('valet_pool_read_failed', 'Whether the database could not tell about the pool.', () =>
    pool.get().then(
      () => 0,
      () => 1,
    ),
  );
}

const states = ['ready', 'provisioning', 'outdated'] as const;

function machinesOf(needs: readonly RegionNeed[], regions: RegionLabels): Readings<'region' | 'state'> {
  return states.flatMap((state) =>
    summed(needs, regions, (need) => need[state]).map(([{ region }, count]) => [{ region, state }, count] as const),
  );
}

function summed(
  needs: readonly RegionNeed[],
  regions: RegionLabels,
  of: (need: RegionNeed) => number,
): (readonly [{ readonly region: string }, number])[] {
  const sums = new Map<string, number>();
  for (const need of needs) {
    const region = regions.of(need.region);
    sums.set(region, (sums.get(region) ?? 0) + of(need));
  }
  return [...sums].map(([region, sum]) => [{ region }, sum] as const);
}
