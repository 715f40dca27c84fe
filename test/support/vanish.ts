/** What Fly can do to a project behind our back. */
import { callFly } from './fly-emulator.js';
import type { Instance } from './instance.js';
import type { TestPlatform } from './test-platform.js';

export interface AtFly {
  readonly id: string;
  readonly fly_id: string;
  readonly volume_id: string;
}

/** The machine that serves a project. */
export async function machineOfProject({ database }: TestPlatform, projectId: string): Promise<AtFly> {
  const [row] = await database.db.query<AtFly>(
    `select m.id, m.fly_id, m.volume_id from machines m join projects p on p.machine_id = m.id where p.id = $1`,
    [projectId],
  );
  if (!row) throw new Error(`Project ${projectId} has no machine.`);
  return row;
}

export async function destroyMachine({ fly }: Pick<TestPlatform, 'fly'>, flyId: string): Promise<void> {
  await callFly(fly, 'DELETE', `/machines/${flyId}?force=true`);
  await callFly(fly, 'GET', `/machines/${flyId}/wait?state=destroyed&timeout=10`);
}

export async function destroyVolume({ fly }: TestPlatform, volumeId: string): Promise<void> {
  await callFly(fly, 'DELETE', `/volumes/${volumeId}`);
}

/** Looks so often and so far apart that what Fly denies counts as gone, and once more for what then is asked about. */
export async function lookUntilBelieved({ database }: TestPlatform, instance: Instance): Promise<void> {
  await database.travel('6 minutes');
  await instance.run('observe');
  await database.travel('6 minutes');
  await instance.run('observe');
}
