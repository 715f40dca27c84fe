import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { aboutToBeRebuilt, rebuild } from '../support/rebuilding.js';
import { repeatEachStep } from '../support/repeat.js';
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

const rebuilding = (): Journey => ({
  platform,
  survivor,
  prepare: () => aboutToBeRebuilt(platform, survivor, sleeper),
  work: (instance) => rebuild(instance, sleeper),
  // What was put back has been rebuilt by upkeep.
  check: async (where) => {
    expect((await sleeper.row()).state, where).toBe('active');
    await sleeper.expectData(where);
  },
});

const effects = [
  'database: machine_missing #1',
  'database: rebuild_begun #1',
  'fly: POST /machines #1',
  'database: update machines #1',
  'machine: POST /internal/configure #1',
  'machine: POST /internal/resume #1',
  'database: begin #1',
  'database: volume_moved #1',
  'database: update machines #2',
  'database: activated #1',
  'database: commit #1',
];

describe('G1, G2, G4, G7: a rebuild', { timeout: 120_000 }, () => {
  test.each(interruptions)('that is %s at any step leaves the project on its volume, with its data', async (how) => {
    expect(await interruptAtEach(rebuilding(), how)).toEqual(effects);
  });

  test('of which any step happens twice leaves the project on its volume, with its data', async () => {
    expect(await repeatEachStep(rebuilding())).toEqual(effects);
  });
});
