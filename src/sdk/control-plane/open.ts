import { monotonicClock } from '../clock.js';
import type { Config } from '../config.js';
import { Database } from '../database/database.js';
import { bindInstallation } from '../database/installation.js';
import { assertMigrated } from '../database/migrate.js';
import { FlyLog } from '../fly-log.js';
import { harmless, type Logger, silentLogger } from '../logger.js';
import { asking } from '../running.js';
import { toldTo } from '../telemetry.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import { joinCalls } from './calls.js';
import { openGround } from './ground.js';
import { joinJourneys } from './journeys.js';
import type { ControlPlane, ControlPlaneOptions } from './options.js';
import { joinPool } from './pool.js';
import { openServing } from './serving.js';
import { joinRetirement, joinUpkeep } from './upkeep.js';

/** The one place where everything is joined. */
export async function openControlPlane(config: Config, options: ControlPlaneOptions): Promise<ControlPlane> {
  const { signal, clock = monotonicClock } = options;
  const logger = options.logger === undefined ? silentLogger : harmless(options.logger);
  await using opening = new AsyncDisposableStack();
  const database = opening.adopt(openDatabase(config, logger), (db) => db.close());
  await asking(signal, () => assertMigrated(database));
  const { environment } = config.core;
  await asking(signal, () => bindInstallation(database, { environment, flyApp: config.fly.app }));
  const telemetry = toldTo([...(options.telemetry ?? []), new FlyLog(logger)], logger);
  const ground = openGround(config, database, { telemetry, logger, clock }, opening);
  const pool = joinPool(ground);
  const retirement = joinRetirement(ground, pool);
  const journeys = joinJourneys(ground, pool, (held) =>
    ground.locks.tryRun(lockNumbers.retire, (locked) => retirement.pass(locked), held),
  );
  const upkeep = joinUpkeep(ground, pool, journeys, retirement);
  const valet = joinCalls(ground, pool, journeys, upkeep);
  const opened = opening.move();
  let closing: Promise<void> | undefined;
  return {
    ...valet,
    openServing: (call = {}) => asking(call.signal, () => openServing(ground, pool, journeys, upkeep, valet)),
    [Symbol.asyncDispose]: () => (closing ??= opened.disposeAsync()),
  };
}

/** Where the direct address is another one, a pooler may stand before the database. */
function openDatabase({ core }: Config, logger: Logger): Database {
  const url = core.databaseUrl.reveal();
  return new Database({ url, keepsStatements: url === core.databaseDirectUrl.reveal(), logger });
}
