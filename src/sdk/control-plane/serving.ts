import { PostgresCreateLimit } from '../database/create-limit.js';
import { assertMigrated } from '../database/migrate.js';
import { regionNeeds } from '../pool/needs.js';
import { DirectActivityReports } from '../projects/activity-reports.js';
import type { Serving } from '../serving.js';
import { Rescue } from '../upkeep/rescue.js';
import { backgroundTasks } from '../upkeep/tasks.js';
import type { ValetCalls } from '../valet.js';
import type { Ground } from './ground.js';
import type { Journeys } from './journeys.js';
import type { Pool } from './pool.js';
import type { Upkeep } from './upkeep.js';

/** What `valet serve` needs beside the calls; begins to listen for news, and says which members the pool is to hold. */
export async function openServing(
  ground: Ground,
  pool: Pool,
  journeys: Journeys,
  upkeep: Upkeep,
  valet: ValetCalls,
): Promise<Serving> {
  const { config, database, tables, changes, locks, owner, environment, secretsOf, fly, correlation } = ground;
  const rescue = new Rescue({ observation: upkeep.observation, starter: pool.starter });
  await changes.open();
  await tables.pool.kinds.announce(pool.ownPool);
  return {
    instance: owner,
    environment,
    valet,
    routes: tables.routes,
    changes,
    waker: journeys.waker,
    locks,
    correlation,
    tasks: backgroundTasks({
      ...upkeep,
      onMachine: (listener) => changes.onMachine(listener),
      replenishIntervalMs: config.pool.replenishIntervalSecs * 1000,
      owner,
    }).map((task) => ({ ...task, run: (signal) => correlation.ofTask(task.name, () => task.run(signal)) })),
    activity: new DirectActivityReports({ routes: tables.routes, secretsOf }),
    createLimit: new PostgresCreateLimit(database),
    observe: (id, signal) => rescue.project(id, signal),
    checkDatabase: () => assertMigrated(database),
    load: () => ({ waker: journeys.waker.load, database: database.load, flyWaiting: fly.waitingCalls }),
    poolRegions: async () => regionNeeds(await tables.pool.members.snapshot(pool.ownPool)),
  };
}
