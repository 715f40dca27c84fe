import type { Instance, TaskName } from './instance.js';
import { checkInvariants } from './invariants.js';
import type { TestPlatform } from './test-platform.js';

/** Old enough that Fly's word for absence is believed, and past every deadline and back-off of upkeep. */
const stride = '6 minutes';
const maxRounds = 25;

/** What upkeep would do in time: runs its tasks on one instance, time passing in between, until nothing is under way. */
export async function settle(platform: TestPlatform, survivor: Instance): Promise<void> {
  for (let round = 0; round < maxRounds; round++) {
    await platform.database.travel(stride);
    const failures = [await failureOf(survivor, 'recover'), await failureOf(survivor, 'retire')].filter(Boolean);
    if (failures.length === 0 && !(await isUnderWay(platform))) return;
  }
  throw new Error(`Upkeep does not come to an end: ${(await checkInvariants(platform)).join('; ')}`);
}

/** Upkeep may fail in one pass and succeed in a later one. */
async function failureOf(instance: Instance, task: TaskName): Promise<string | undefined> {
  return instance.run(task).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

async function isUnderWay({ database }: TestPlatform): Promise<boolean> {
  const [row] = await database.db.query<{ under_way: boolean }>(
    `select exists (select 1 from projects where transition_deadline is not null)
         or exists (select 1 from machines where state = 'provisioning'
                       or state = 'retiring' and coalesce(keep_volume_until <= valet_now(), true)) as under_way`,
  );
  return row?.under_way ?? true;
}
