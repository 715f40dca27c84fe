import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getMachine } from '../support/fly-machines.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform({
    projectServer: { env: { VALET_EXIT_WITH_PARENT: '1', VALET_IDLE_SUSPEND_SECS: '1' } },
  });
  instance = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  instance.calls.intervene(() => undefined);
  number += 1;
  sleeper = await new Sleeper(platform, instance, `sleeper-${number}`).create();
});

async function flyId(): Promise<string> {
  return (await instance.valet.projects.get(sleeper.id)).machine_id ?? '';
}

async function asleep(): Promise<void> {
  const id = await flyId();
  await expect.poll(async () => (await getMachine(platform.fly, id)).state).toBe('suspended');
}

test('G11: a project whose machine sleeps is shown as suspended, and upkeep neither wakes nor uses it', async () => {
  await asleep();
  const before = await sleeper.row();
  for (const task of ['observe', 'recover', 'retire', 'sweep', 'replenish'] as const) await instance.run(task);
  expect((await instance.valet.projects.get(sleeper.id)).state).toBe('suspended');
  expect((await getMachine(platform.fly, await flyId())).state).toBe('suspended');
  expect((await sleeper.row()).last_active_at).toEqual(before.last_active_at);
});

test('its machine is started for an archive; when it is back it falls asleep again by itself', async () => {
  await asleep();
  await sleeper.fallAsleep();
  expect((await sleeper.row()).state).toBe('dormant');
  await sleeper.wakeUp();
  await sleeper.expectData();
  await asleep();
});

test('a call to a machine that falls asleep before it arrives is made again, to the machine started anew', async () => {
  const id = await flyId();
  let fellAsleep = false;
  instance.calls.intervene(async (call) => {
    if (call !== 'machine: POST /internal/archive-to-r2' || fellAsleep) return undefined;
    fellAsleep = true;
    await expect.poll(async () => (await getMachine(platform.fly, id)).state).toBe('suspended');
    return undefined;
  });
  await sleeper.fallAsleep();
  expect(fellAsleep).toBe(true);
  expect((await sleeper.row()).state).toBe('dormant');
  await sleeper.wakeUp();
  await sleeper.expectData();
  // What the file ends with: one that falls asleep while it is asked would not answer.
  await asleep();
});
