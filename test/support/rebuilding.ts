/** A rebuild as a piece of work that has a beginning and an end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.js';
import type { Sleeper } from './sleeper.js';
import type { TestPlatform } from './test-platform.js';
import { destroyMachine, machineOfProject } from './vanish.js';

/** A pass also tells of rebuilds that have failed since the last: each test looks at its own in the events. */
function toldElsewhere(): void {}

/** Its machine is gone, and the next look proves that. */
export async function aboutToBeRebuilt(platform: TestPlatform, instance: Instance, sleeper: Sleeper): Promise<void> {
  await destroyMachine(platform, (await machineOfProject(platform, sleeper.id)).fly_id);
  await platform.database.travel('6 minutes');
  await instance.run('observe').catch(toldElsewhere);
  await platform.database.travel('6 minutes');
}

const lookMs = 5;
const maxMs = 15_000;

/** Looks, and waits for the end of what has begun with that: looking does not. */
export async function rebuild(instance: Instance, sleeper: Sleeper): Promise<void> {
  await instance.run('observe').catch(toldElsewhere);
  const endsAt = performance.now() + maxMs;
  while ((await sleeper.row()).state === 'waking') {
    if (performance.now() > endsAt) throw new Error(`Project ${sleeper.id} is still waking.`);
    await sleep(lookMs);
  }
}
