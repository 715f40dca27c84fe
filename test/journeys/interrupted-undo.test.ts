import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce, repeatEachStep } from '../support/repeat.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform({ env: { VOLUME_KEEP_HOURS: '48' } });
  survivor = await platform.controlPlane();
  sleeper = await new Sleeper(platform, survivor, 'sleeper').create();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

const undoing = (): Journey => ({
  platform,
  survivor,
  // Its machine is gone and its volume is kept.
  prepare: async () => {
    await sleeper.fallAsleep();
    await sleeper.wakeUp();
    await sleeper.fallAsleep();
    await settle(platform, survivor);
  },
  work: (instance) => instance.valet.projects.undo(sleeper.id),
  // Awake or asleep, the way back is still there.
  check: async (where) => {
    if ((await sleeper.row()).state === 'dormant') await survivor.valet.projects.undo(sleeper.id);
    await sleeper.expectData(where);
  },
});

const effects = [
  'database: begin #1',
  'database: undo_begun #1',
  'database: commit #1',
  'fly: POST /machines #1',
  'database: update machines #1',
  'machine: POST /internal/configure #1',
  'machine: POST /internal/resume #1',
  'database: begin #2',
  'database: volume_moved #1',
  'database: update machines #2',
  'database: activated #1',
  'database: commit #2',
];

describe('G1, G2, G4, G7: an undo', { timeout: 120_000 }, () => {
  test.each(interruptions)(
    'that is %s at any step leaves the project awake or asleep, with its volume',
    async (how) => {
      expect(await interruptAtEach(undoing(), how)).toEqual(effects);
    },
  );

  test('of which any step happens twice leaves the project awake or asleep, with its volume', async () => {
    expect(await repeatEachStep(undoing())).toEqual(effects);
  });

  test('that is asked for twice at once happens once, for both', async () => {
    const outcomes = await askTwiceAtOnce(undoing());
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });
});
