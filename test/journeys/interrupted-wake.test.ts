import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Interrupted, interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform();
  survivor = await platform.controlPlane();
  sleeper = await new Sleeper(platform, survivor, 'sleeper').create();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** If it sleeps, the invariants have shown that its archive holds its data. */
async function keepsItsData(where: string): Promise<void> {
  if ((await sleeper.row()).state === 'active') await sleeper.expectData(where);
}

describe.each(interruptions)('G4, G7: an instance that is %s at any step', { timeout: 120_000 }, (interruption) => {
  test('of a wake leaves the project awake or asleep, with its data', async () => {
    const waking: Interrupted = {
      platform,
      survivor,
      prepare: () => sleeper.fallAsleep(),
      work: (victim) => victim.valet.projects.wake(sleeper.id),
      check: keepsItsData,
    };
    const calls = await interruptAtEach(waking, interruption);
    await sleeper.wakeUp();
    await sleeper.expectData();
    expect(calls).toEqual([
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
    ]);
  });
});
