import { actorsOf } from '../actor.js';
import type { Config } from '../config.js';
import { Correlation } from '../correlation.js';
import type { Database } from '../database/database.js';
import { AdvisoryLocks } from '../database/locks.js';
import { Notifications } from '../database/notifications.js';
import { openTables } from '../database/tables.js';
import { configHash } from '../pool/machine-config.js';
import { machineTemplate } from '../pool/template.js';
import { Running } from '../running.js';
import { openOutside, type Watch } from './outside.js';

/** What everything else stands on: who we are, the tables, Fly, the machines and R2, and what runs. */
export function openGround(
  config: Config,
  database: Database,
  watch: Omit<Watch, 'correlation'>,
  opening: AsyncDisposableStack,
) {
  const correlation = new Correlation();
  const { telemetry, logger, clock } = watch;
  const tables = openTables(database);
  const outside = openOutside(config, tables, { correlation, ...watch }, opening);
  const directUrl = config.core.databaseDirectUrl.reveal();
  const template = machineTemplate(config);
  return {
    ...outside,
    config,
    database,
    telemetry,
    clock,
    tables,
    owner: config.core.instance,
    correlation,
    actors: actorsOf(config.core.instance, correlation),
    environment: config.core.environment,
    flyApp: config.fly.app,
    template,
    kind: { environment: config.core.environment, configHash: configHash(template) },
    keepVolumeSecs: config.dormancy.volumeKeepHours * 3600,
    thresholdSecs: config.dormancy.thresholdDays * 86_400,
    locks: opening.use(new AdvisoryLocks(directUrl, { instance: config.core.instance, logger })),
    changes: opening.use(new Notifications(directUrl, logger)),
    // Closed first: what still runs gives back what it holds while the database is there.
    running: opening.use(new Running()),
  };
}

export type Ground = ReturnType<typeof openGround>;
