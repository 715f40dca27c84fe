import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce, repeatEachStep } from '../support/repeat.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
  survivor = await platform.controlPlane();
  sleeper = await new Sleeper(platform, survivor, 'sleeper').create();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** If it sleeps, the invariants have shown that its archive holds its data. */
async function keepsItsData(where: string): Promise<void> {
  if ((await sleeper.row()).state === 'active') await sleeper.expectData(where);
}

const wakes: readonly { readonly from: string; readonly pool: () => Promise<unknown>; effects: string[] }[] = [
  {
    from: 'the warm pool',
    pool: () => survivor.run('replenish'),
    effects: [
      'database: wake_begun #1',
      'database: claimed #1',
      'machine: POST /internal/configure #1',
      'machine: POST /internal/restore-from-r2 #1',
      'database: activated #1',
    ],
  },
  {
    from: 'nothing',
    pool: () =>
      platform.database.db.query(
        `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now() where state = 'ready'`,
      ),
    effects: [
      'database: wake_begun #1',
      'database: claimed #1',
      'database: insert machines #1',
      'fly: POST /volumes #1',
      'database: update machines #1',
      'fly: POST /machines #1',
      'database: update machines #2',
      'database: machine_made #1',
      'database: breaker_closed #1',
      'machine: POST /internal/configure #1',
      'machine: POST /internal/restore-from-r2 #1',
      'database: activated #1',
    ],
  },
];

describe.each(wakes)('G4, G7: a wake from $from', { timeout: 120_000 }, ({ pool, effects }) => {
  const waking = (): Journey => ({
    platform,
    survivor,
    prepare: async () => {
      await sleeper.fallAsleep();
      // Past what a failed wake is left alone for.
      await platform.database.travel('20 minutes');
      await pool();
    },
    work: (instance) => instance.valet.projects.wake(sleeper.id),
    check: keepsItsData,
  });

  test.each(interruptions)('that is %s at any step leaves the project with its data', async (interruption) => {
    expect(await interruptAtEach(waking(), interruption)).toEqual(effects);
    await sleeper.wakeUp();
    await sleeper.expectData();
  });

  test('of which any step happens twice leaves the project with its data', async () => {
    expect(await repeatEachStep(waking())).toEqual(effects);
  });

  test('G2: that is asked for twice at once happens once, for both', async () => {
    const begun = async () => (await sleeper.events()).filter((what) => what === 'wake_begun').length;
    const before = await begun();
    const outcomes = await askTwiceAtOnce(waking());
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await begun()).toBe(before + 1);
  });
});
