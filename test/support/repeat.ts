import { expect } from 'vitest';
import type { Instance, TaskName } from './instance.js';
import { listedMachines, listedVolumes } from './invariants.js';
import type { TestPlatform } from './test-platform.js';

/** Does it again on every instance given and shows that nothing more has happened, neither here nor at Fly. */
export async function expectNothingMore(
  platform: TestPlatform,
  instances: readonly Instance[],
  tasks: readonly TaskName[],
): Promise<void> {
  const before = await everything(platform);
  for (const instance of instances) for (const task of tasks) await instance.run(task);
  expect(await everything(platform)).toEqual(before);
}

/** All that upkeep could change; when Fly was last seen to say something is no change. */
async function everything(platform: TestPlatform) {
  const { db } = platform.database;
  return {
    projects: await db.query('select id, state, epoch, machine_id, last_active_at from projects order by id'),
    machines: await db.query('select id, state, fly_id, volume_id, project_id from machines order by id'),
    archives: await db.query('select id, proven_at, deleted_at from archives order by id'),
    events: await db.query('select id, what from events order by id'),
    listedMachines: await listedMachines(platform),
    listedVolumes: await listedVolumes(platform),
  };
}
