import { DirectArchives } from '../archives/archive-calls.js';
import { DirectSweep } from '../dormancy/sweep-calls.js';
import { DirectOverview } from '../overview/overview-calls.js';
import { DirectMachines } from '../pool/machine-calls.js';
import { DirectPool } from '../pool/pool-calls.js';
import { KnownRegions } from '../projects/known-regions.js';
import { OperatorCalls } from '../projects/operator-calls.js';
import { DirectProjects } from '../projects/project-calls.js';
import { ProjectUrls } from '../projects/url.js';
import { lookUpRoute } from '../routing/look-up.js';
import { asking } from '../running.js';
import { DirectOrphans } from '../upkeep/orphan-calls.js';
import type { ValetCalls } from '../valet.js';
import { packageVersion } from '../version.js';
import type { Ground } from './ground.js';
import type { Journeys } from './journeys.js';
import type { Pool } from './pool.js';
import { stampOf, type Upkeep } from './upkeep.js';

/** Everything a person can ask for, answered directly. */
export function joinCalls(ground: Ground, pool: Pool, journeys: Journeys, upkeep: Upkeep): ValetCalls {
  const { config, tables, fly, store, actors, environment, locks, running, thresholdSecs, keepVolumeSecs } = ground;
  const { projects, restoring, listings, archives, routes } = tables;
  const { create, archive, undo, waker, restore } = journeys;
  const operator = actors('operator');
  const overview = new DirectOverview({ ...tables, ...tables.pool, own: pool.ownPool });
  const urls = new ProjectUrls(config.core.publicUrl, config.routing.domain);
  const operatorCalls = new OperatorCalls({
    ...tables,
    projects,
    restore,
    running,
    thresholdSecs,
    keepVolumeSecs,
    actor: operator,
  });

  const projectCalls = new DirectProjects({
    listings,
    projects,
    restoring,
    operator: operatorCalls,
    create,
    archive,
    undo,
    waker,
    sealer: pool.sealer,
    urls,
    running,
    defaultRegion: config.fly.region,
    regions: knownRegions(ground),
    actor: operator,
  });

  return {
    projects: projectCalls,
    machines: new DirectMachines(listings, environment),
    archives: new DirectArchives({ archives, projects, projectCalls, store, running, actor: operator }),
    orphans: new DirectOrphans({ ...tables, ...stampOf(ground), fly, running, actor: operator }),
    pool: new DirectPool({ ...tables.pool, ...pool, own: pool.ownPool, listings, locks, running, actor: operator }),
    sweep: new DirectSweep({ sweep: upkeep.sweep, locks, running, actor: operator }),
    route: (hostOrId, { signal } = {}) =>
      asking(signal, () =>
        lookUpRoute(hostOrId, {
          source: routes,
          routerDomain: config.routing.domain,
          replay: { timeoutSecs: config.routing.replayTimeoutSecs },
        }),
      ),
    installation: ({ signal } = {}) =>
      asking(signal, async () => ({ environment, fly_app: config.fly.app, version: await packageVersion() })),
    overview: (options) => overview.read(options),
  };
}

/** A create waits no longer than this to learn whether there is such a region. */
const regionsTimeoutMs = 5_000;

function knownRegions({ config, fly, clock }: Ground): KnownRegions {
  return new KnownRegions({
    clock,
    ours: [config.fly.region, ...config.pool.targets.map(({ region }) => region)],
    list: async () => {
      const { regions } = await fly.listRegions({ timeoutMs: regionsTimeoutMs });
      return regions.map(({ code }) => code);
    },
  });
}
