import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.js';
import { checkInvariants, type Place, strangers } from './invariants.js';

/** Old enough that Fly's word for absence is believed, and past every deadline and back-off of upkeep. */
const stride = '6 minutes';
const maxRounds = 25;
const maxRebuildMs = 10_000;
const lookMs = 10;
/** What ends by itself; `orphans` is only waited for while Fly has something that no row knows. */
const duties = ['observe', 'recover', 'retire', 'orphans'];

/**
 * What upkeep would do in time: runs its tasks on one instance, time passing in between, until nothing is under way.
 *
 * @throws when there is no end of it, with the invariants that do not hold
 */
export async function settle(platform: Place, survivor: Instance): Promise<void> {
  for (let round = 0; round < maxRounds; round++) {
    await platform.database.travel(stride);
    const isDone = await doDuties(survivor);
    await untilRebuilt(platform, survivor);
    if (isDone && !(await isUnderWay(platform)) && !(await isToBeFound(platform, survivor))) return;
  }
  throw new Error(`Upkeep does not come to an end: ${(await checkInvariants(platform)).join('; ')}`);
}

/** Whether this version of Valet has such a background task. */
export function has(instance: Instance, task: string): boolean {
  return instance.serving.tasks.some(({ name }) => name === task);
}

/** Upkeep may fail in one pass and succeed in a later one. False: something failed. */
async function doDuties(instance: Instance): Promise<boolean> {
  let succeeded = true;
  for (const task of duties.filter((each) => has(instance, each))) {
    await instance.run(task).catch(() => {
      succeeded = false;
    });
  }
  return succeeded;
}

/** What observing has begun goes on beside it: time must not run away from it. */
async function untilRebuilt({ database }: Place, { name }: Instance): Promise<void> {
  const endsAt = performance.now() + maxRebuildMs;
  while (performance.now() < endsAt) {
    const own = await database.db.query(
      `select 1 from projects where state = 'waking' and transition_from = 'active' and transition_owner = $1`,
      [name],
    );
    if (own.length === 0) return;
    await sleep(lookMs);
  }
}

async function isUnderWay({ database }: Place): Promise<boolean> {
  const [row] = await database.db.query<{ under_way: boolean }>(
    `select exists (select 1 from projects where transition_deadline is not null)
         or exists (select 1 from machines where state in ('ready', 'assigned') and missing_since is not null)
         or exists (select 1 from machines where state = 'provisioning'
                       or state = 'retiring' and coalesce(keep_volume_until <= valet_now(), true)
                       or state in ('ready', 'assigned') and missing_looks > 0) as under_way`,
  );
  return row?.under_way ?? true;
}

async function isToBeFound(platform: Place, survivor: Instance): Promise<boolean> {
  return has(survivor, 'orphans') && (await strangers(platform)).length > 0;
}
