import { actorOf } from '../actor.js';
import { Prune } from '../dormancy/prune.js';
import { Sweep } from '../dormancy/sweep.js';
import { isVolumeGone } from '../fly/adoption.js';
import { isGone } from '../fly/errors.js';
import { environmentStamp } from '../pool/new-machine.js';
import { Rebuilder } from '../projects/rebuilder.js';
import { Observation } from '../upkeep/observe.js';
import { VolumeLook } from '../upkeep/observe-volume.js';
import { OrphanLook } from '../upkeep/orphan-look.js';
import { OrphanSearch } from '../upkeep/orphans.js';
import { Recovery } from '../upkeep/recover.js';
import { Retirement } from '../upkeep/retire.js';
import { Farewell } from '../upkeep/retire-ask.js';
import type { Ground } from './ground.js';
import type { Journeys } from './journeys.js';
import type { Pool } from './pool.js';

/** Gives machines and volumes back to Fly. An undo needs it too. */
export function joinRetirement(ground: Ground, { starter, fuse }: Pool): Retirement {
  const { tables, fly, protocol, owner, environment } = ground;
  const { retiring } = tables;
  const farewell = new Farewell({ ...tables, starter, protocol, actor: actorOf('retire', owner) });
  return new Retirement({
    retiring,
    fly,
    isGone,
    isVolumeGone,
    fuse,
    farewell,
    environment,
    actor: actorOf('retire', owner),
  });
}

/** What our machines and volumes carry at Fly. */
export function stampOf({ environment, flyApp }: Ground) {
  return { own: { environment, flyApp }, volumePrefix: `v${environmentStamp(environment)}_` };
}

/** The standing duties. */
export function joinUpkeep(ground: Ground, { fuse, replenisher }: Pool, journeys: Journeys, retirement: Retirement) {
  const { config, tables, fly, protocol, store, owner, environment, running, thresholdSecs, telemetry } = ground;
  const { projects, waking, machines, retiring, dormancy, rebuilding, observing } = tables;
  const { archive, cancellation, rebuild } = journeys;
  const sweep = new Sweep({ dormancy, journey: archive, fuse, thresholdSecs, telemetry });
  const prune = new Prune({
    pruning: tables.pruning,
    store,
    fuse,
    retention: { kept: config.dormancy.archivesKept, deletedProjectSecs: config.dormancy.deletedArchiveDays * 86_400 },
    actor: actorOf('prune', owner),
  });
  const recovery = new Recovery({
    projects,
    waking,
    rebuilding,
    machines,
    retiring,
    cancellation,
    protocol,
    environment,
    owner,
  });
  const orphanSearch = new OrphanSearch({
    ...tables,
    ...stampOf(ground),
    fly,
    look: new OrphanLook({ fly, isGone, isVolumeGone }),
    fuse,
    actor: actorOf('orphans', owner),
  });
  const rebuilder = new Rebuilder({ journey: rebuild, running });
  const observation = new Observation({
    machines,
    observing,
    fly,
    volumes: new VolumeLook({ observing, fly, isGone, isVolumeGone, actor: actorOf('observe', owner) }),
    rebuild: (gone, volumeId) => rebuilder.start(gone, volumeId),
    isGone,
    environment,
    actor: actorOf('observe', owner),
  });
  return { replenisher, sweep, prune, recovery, retirement, orphanSearch, observation, rebuilder };
}

export type Upkeep = ReturnType<typeof joinUpkeep>;
