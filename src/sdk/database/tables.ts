import { ArchivingTable } from './archiving.js';
import type { Database } from './database.js';
import { DormancyTable } from './dormancy.js';
import { IdempotencyTable } from './idempotency.js';
import { InstallationTable } from './installation.js';
import { Listings } from './listings.js';
import { MachineTable } from './machines.js';
import { OrphanTable } from './orphans.js';
import { ProjectTable } from './projects.js';
import { QuarantineTable } from './quarantine.js';
import { RetiringTable } from './retiring.js';
import { RouteTable } from './routes.js';
import { WakingTable } from './waking.js';
import { WarmPoolTable } from './warm-pool.js';

/** Every statement there is, by subject. */
export function openTables(database: Database) {
  return {
    projects: new ProjectTable(database),
    waking: new WakingTable(database),
    archiving: new ArchivingTable(database),
    machines: new MachineTable(database),
    warmPool: new WarmPoolTable(database),
    retiring: new RetiringTable(database),
    installation: new InstallationTable(database),
    quarantine: new QuarantineTable(database),
    orphans: new OrphanTable(database),
    routes: new RouteTable(database),
    listings: new Listings(database),
    dormancy: new DormancyTable(database),
    idempotency: new IdempotencyTable(database),
  };
}
