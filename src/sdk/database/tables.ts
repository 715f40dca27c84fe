import { ArchiveTable } from './archives.js';
import { ArchivingTable } from './archiving.js';
import type { Database } from './database.js';
import { DeletingTable } from './deleting.js';
import { DormancyTable } from './dormancy.js';
import { EventTable } from './events.js';
import { ExplainingTable } from './explaining.js';
import { HoldTable } from './holds.js';
import { IdempotencyTable } from './idempotency.js';
import { InstallationTable } from './installation.js';
import { Listings } from './listings.js';
import { MachineTable } from './machines.js';
import { ObservingTable } from './observing.js';
import { OrphanTable } from './orphans.js';
import { OverviewTable } from './overview.js';
import { PoolBreakerTable } from './pool-breakers.js';
import { PoolKindTable } from './pool-kinds.js';
import { PoolMemberTable } from './pool-members.js';
import { PoolModeTable } from './pool-modes.js';
import { PoolUseTable } from './pool-use.js';
import { ProjectTable } from './projects.js';
import { PruningTable } from './pruning.js';
import { QuarantineTable } from './quarantine.js';
import { RebuildingTable } from './rebuilding.js';
import { RestoringTable } from './restoring.js';
import { RetiringTable } from './retiring.js';
import { RouteTable } from './routes.js';
import { SightingTable } from './sightings.js';
import { UndoingTable } from './undoing.js';
import { VolumeMoveTable } from './volume-moves.js';
import { WakingTable } from './waking.js';
import { WarmPoolTable } from './warm-pool.js';

/** Every statement there is, by subject. */
export function openTables(database: Database) {
  return {
    projects: new ProjectTable(database),
    waking: new WakingTable(database),
    moves: new VolumeMoveTable(database),
    rebuilding: new RebuildingTable(database),
    undoing: new UndoingTable(database),
    archiving: new ArchivingTable(database),
    machines: new MachineTable(database),
    warmPool: new WarmPoolTable(database),
    observing: new ObservingTable(database),
    pool: {
      members: new PoolMemberTable(database),
      breakers: new PoolBreakerTable(database),
      kinds: new PoolKindTable(database),
      modes: new PoolModeTable(database),
      use: new PoolUseTable(database),
    },
    retiring: new RetiringTable(database),
    installation: new InstallationTable(database),
    quarantine: new QuarantineTable(database),
    sightings: new SightingTable(database),
    orphans: new OrphanTable(database),
    routes: new RouteTable(database),
    listings: new Listings(database),
    dormancy: new DormancyTable(database),
    idempotency: new IdempotencyTable(database),
    archives: new ArchiveTable(database),
    pruning: new PruningTable(database),
    holds: new HoldTable(database),
    deleting: new DeletingTable(database),
    restoring: new RestoringTable(database),
    events: new EventTable(database),
    explaining: new ExplainingTable(database),
    overview: new OverviewTable(database),
  };
}

export type Tables = ReturnType<typeof openTables>;
