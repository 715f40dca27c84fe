/**
 * Does everything twice: a step (the same call is sent again after it was carried out, as by something on the way that
 * lost the first answer), a whole journey at once on two instances, a pass of upkeep.
 *
 *   test('G6: each step of a wake may happen twice', { timeout: 120_000 }, async () => {
 *     await repeatEachStep({ platform, survivor, prepare, work, check });
 *     await askTwiceAtOnce({ platform, survivor, prepare, work, check });
 *   });
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Instance } from './instance.js';
import { listedMachines, listedVolumes } from './invariants.js';
import { disturbed, effectsIn, type Journey, stepsOf } from './journey.js';
import { numbered } from './outward-calls.js';
import { has, settle } from './settle.js';
import { shareOf } from './share.js';
import type { TestPlatform } from './test-platform.js';

/**
 * Volumes have no unique names at Fly, so a create that arrives twice makes two, of which the row learns one. The other
 * is for the search for orphans to find: without it this step would leak.
 */
export function mayHappenTwice(instance: Instance, call: string): boolean {
  return !call.startsWith('fly: POST /volumes') || has(instance, 'orphans');
}

/** Calls that change something are made twice by the ways of breaking them as well: the suite needs only some of these. */
const repeatedShares = 3;

/** Delivers each effect of the journey twice, in turn; in the suite every third. Answers the effects. */
export async function repeatEachStep(journey: Journey): Promise<string[]> {
  const effects = effectsIn(await stepsOf(journey));
  const repeatable = effects.filter((each) => mayHappenTwice(journey.survivor, each));
  for (const effect of shareOf(repeatable, 0, repeatedShares)) {
    await disturbed(journey, `twice: ${effect}`, async (instance) => {
      const number = numbered();
      let reached = false;
      instance.calls.intervene((call) => {
        if (number(call) !== effect) return undefined;
        reached = true;
        return 'twice';
      });
      await withUpkeep(
        journey,
        journey.work(instance).catch(() => undefined),
      );
      expect(reached, `${effect} was never reached`).toBe(true);
    });
  }
  return effects;
}

/** Asks two instances for the same at once. Answers what each made of it. */
export async function askTwiceAtOnce(journey: Journey): Promise<PromiseSettledResult<unknown>[]> {
  await using another = await journey.platform.controlPlane(journey.env);
  let outcomes: PromiseSettledResult<unknown>[] = [];
  await disturbed(journey, 'asked for twice at once', async (instance) => {
    const both = Promise.allSettled([journey.work(instance), journey.work(another)]);
    outcomes = await withUpkeep(journey, both);
  });
  return outcomes;
}

/** Far longer than any journey takes here. */
const patienceMs = 3_000;

/** Work that lost its row to the repetition waits for what becomes of the row, which is for upkeep to decide. */
async function withUpkeep<T>({ platform, survivor }: Journey, work: Promise<T>): Promise<T> {
  const isWaiting = await Promise.race([work.then(() => false), sleep(patienceMs, true, { ref: false })]);
  if (isWaiting) await settle(platform, survivor);
  return work;
}

/** Does upkeep again on every instance given and shows that nothing more has happened, neither here nor at Fly. */
export async function expectNothingMore(
  platform: TestPlatform,
  instances: readonly Instance[],
  tasks: readonly string[],
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
