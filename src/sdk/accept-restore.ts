import { actorOf } from './actor.js';
import { ArchiveStore } from './archives/store.js';
import type { Config } from './config.js';
import { Database } from './database/database.js';
import { bindInstallation } from './database/installation.js';
import { assertMigrated } from './database/migrate.js';
import { openTables } from './database/tables.js';
import { RestoreAcceptance } from './upkeep/accept-restore.js';
import { HighWaterMark } from './upkeep/high-water-mark.js';

/**
 * Joined apart from the control plane: it is for a database with which nothing else should be at work yet.
 *
 * @throws ValetError `database_unavailable`, `database_not_migrated`, `environment_mismatch`
 */
export async function openRestoreAcceptance(config: Config): Promise<RestoreAcceptance & AsyncDisposable> {
  const { core, fly, r2 } = config;
  await using opening = new AsyncDisposableStack();
  const database = opening.adopt(new Database({ url: core.databaseUrl.reveal() }), (db) => db.close());
  await assertMigrated(database);
  await bindInstallation(database, { environment: core.environment, flyApp: fly.app });
  const store = opening.adopt(
    new ArchiveStore({
      endpoint: r2.endpoint,
      accessKeyId: r2.accessKeyId.reveal(),
      secretAccessKey: r2.secretAccessKey.reveal(),
      bucket: r2.bucket,
    }),
    (opened) => opened.close(),
  );
  const tables = openTables(database);
  const highWater = new HighWaterMark({ ...tables, store });
  const acceptance = new RestoreAcceptance({ ...tables, highWater, actor: actorOf('operator', core.instance) });
  const opened = opening.move();
  return Object.assign(acceptance, { [Symbol.asyncDispose]: () => opened.disposeAsync() });
}
