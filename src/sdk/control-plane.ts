import type { Config } from './config.js';
import { joinCalls } from './control-plane/calls.js';
import { openGround } from './control-plane/ground.js';
import { joinJourneys } from './control-plane/journeys.js';
import { joinPool } from './control-plane/pool.js';
import { openServing } from './control-plane/serving.js';
import { joinRetirement, joinUpkeep } from './control-plane/upkeep.js';
import { Database } from './database/database.js';
import { bindInstallation } from './database/installation.js';
import { assertMigrated } from './database/migrate.js';
import type { Serving } from './serving.js';
import { type Telemetry, toldTo } from './telemetry.js';
import { locks as lockNumbers } from './upkeep/lock-numbers.js';
import type { Valet } from './valet.js';

/** Valet, answered directly: with the database, Fly and R2 at hand. */
export interface ControlPlane extends Valet {
  /** What `valet serve` needs beside it; begins to listen for news. */
  openServing(): Promise<Serving>;
}

export interface ControlPlaneOptions {
  /** Told of what is worth measuring or logging. What one throws is swallowed. */
  readonly telemetry?: readonly Partial<Telemetry>[];
}

/**
 * The one place where everything is joined. Connects to nothing but the database, which must be migrated and belong to
 * the configured environment; a new one is bound to it.
 *
 * @throws ValetError `database_unavailable`, `database_not_migrated`, `environment_mismatch`, `config_invalid`
 */
export async function createControlPlane(config: Config, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  await using opening = new AsyncDisposableStack();
  const database = opening.adopt(openDatabase(config), (db) => db.close());
  await assertMigrated(database);
  await bindInstallation(database, { environment: config.core.environment, flyApp: config.fly.app });
  const ground = openGround(config, database, toldTo(options.telemetry ?? []), opening);
  const pool = joinPool(ground);
  const retirement = joinRetirement(ground, pool);
  const journeys = joinJourneys(ground, pool, (signal) =>
    ground.locks.tryRun(lockNumbers.retire, (held) => retirement.pass(held), signal),
  );
  const upkeep = joinUpkeep(ground, pool, journeys, retirement);
  const valet = joinCalls(ground, pool, journeys, upkeep);
  const opened = opening.move();
  return {
    ...valet,
    openServing: () => openServing(ground, pool, journeys, upkeep, valet),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Where the direct address is another one, a pooler may stand before the database. */
function openDatabase({ core }: Config): Database {
  const url = core.databaseUrl.reveal();
  return new Database({ url, keepsStatements: url === core.databaseDirectUrl.reveal() });
}
