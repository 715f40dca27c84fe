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

/** The invariants have shown that a sleeping one can be woken; this shows that it is, with its data. */
async function keepsItsData(where: string): Promise<void> {
  await sleeper.wakeUp();
  await sleeper.expectData(where);
}

describe.each(interruptions)('G4, G7: an instance that is %s at any step', { timeout: 120_000 }, (interruption) => {
  test('G1: of an archive leaves the project awake or provably asleep, with its data', async () => {
    const archiving: Interrupted = {
      platform,
      survivor,
      prepare: () => sleeper.wakeUp(),
      work: (victim) => victim.valet.projects.archive(sleeper.id),
      check: keepsItsData,
    };
    const calls = await interruptAtEach(archiving, interruption);
    expect(calls).toEqual([
      'database: archive_begun #1',
      'machine: POST /internal/archive-to-r2 #1',
      'database: archived #1',
    ]);
  });

  test('of cancelling an archive leaves the project awake, with its data', async () => {
    const cancelling: Interrupted = {
      platform,
      survivor,
      prepare: () => sleeper.wakeUp(),
      work: async (victim) => {
        const socket = new WebSocket(await platform.webSocketUrl(sleeper.id));
        await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
        await victim.valet.projects.archive(sleeper.id).catch(() => undefined);
        socket.close();
      },
      check: keepsItsData,
    };
    const calls = await interruptAtEach(cancelling, interruption);
    expect(calls).toEqual([
      'database: archive_begun #1',
      'machine: POST /internal/archive-to-r2 #1',
      'database: archive_cancelled #1',
      'machine: POST /internal/resume #1',
      'database: serving_again #1',
    ]);
  });
});
