import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedMachines, listedVolumes } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';
import { type AtFly, destroyMachine, destroyVolume, lookUntilBelieved, machineOfProject } from '../support/vanish.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
let sleeper: Sleeper;
let machine: AtFly;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  number += 1;
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
  machine = await machineOfProject(platform, sleeper.id);
});

/** What a test has left half lost is not the next one's to find. */
afterEach(async () => {
  for (let looks = 0; looks < 2; looks++) {
    await platform.database.travel('6 minutes');
    await one.run('observe').catch(() => undefined);
  }
});

async function whyLost(): Promise<string> {
  const [event] = await platform.database.db.query<{ why: string }>(
    `select why from events where what = 'lost' and project_id = $1`,
    [sleeper.id],
  );
  return event?.why ?? '';
}

async function loseBoth(): Promise<void> {
  await destroyMachine(platform, machine.fly_id);
  await destroyVolume(platform, machine.volume_id);
}

test('a project whose machine and volume are gone is lost, says so loudly and names its last archive', async () => {
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  machine = await machineOfProject(platform, sleeper.id);
  const archive = (await sleeper.row()).current_archive_id;
  await loseBoth();
  await lookUntilBelieved(platform, one);
  await platform.database.travel('6 minutes');
  // Whoever runs the task logs what it throws.
  await expect(one.run('observe')).rejects.toThrow(`${sleeper.id}: machine ${machine.fly_id}`);
  expect(await sleeper.row()).toMatchObject({ state: 'lost', machine_id: null, current_archive_id: archive });
  expect(await whyLost()).toContain(`its last archive is ${archive}`);
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
});

test('G1: a lost project is not woken from older data by itself', async () => {
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  machine = await machineOfProject(platform, sleeper.id);
  await loseBoth();
  await lookUntilBelieved(platform, one);
  await platform.database.travel('6 minutes');
  await one.run('observe').catch(() => undefined);
  await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'project_lost' });
  const awake = two.serving.waker.awake(parseProjectId(sleeper.id), { timeoutMs: 5_000 });
  await expect(awake).rejects.toMatchObject({ code: 'project_lost' });
  expect((await sleeper.row()).state).toBe('lost');
});

test('a project without an archive is lost too, and that is said', async () => {
  await loseBoth();
  await lookUntilBelieved(platform, one);
  await platform.database.travel('6 minutes');
  await one.run('observe').catch(() => undefined);
  expect((await sleeper.row()).state).toBe('lost');
  expect(await whyLost()).toContain('it has no archive');
});

test('G10: machine and volume that Fly denies for less than five minutes, or denies one of, are not lost', async () => {
  await loseBoth();
  await platform.database.travel('6 minutes');
  await one.run('observe');
  await platform.database.travel('4 minutes');
  await one.run('observe');
  expect((await sleeper.row()).state).toBe('active');
  await platform.database.travel('2 minutes');
  await two.run('observe');
  // The machine is proven gone by now; its volume was asked about for the first time.
  expect((await sleeper.row()).state).toBe('active');
});

test('G1, G10: if Fly was wrong about everything, nothing of the project has been deleted', async () => {
  const forget = [machine.fly_id, machine.volume_id].map((target) =>
    platform.fly.faults.add({ call: '*', kind: 'forget', target, times: Infinity }),
  );
  await lookUntilBelieved(platform, one);
  await platform.database.travel('6 minutes');
  await one.run('observe').catch(() => undefined);
  expect((await sleeper.row()).state).toBe('lost');
  await settle(platform, one);
  for (const fault of forget) fault.remove();
  for (const task of ['orphans', 'retire', 'orphans', 'retire']) {
    await platform.database.travel('11 minutes');
    await one.run(task).catch(() => undefined);
  }
  expect((await listedMachines(platform)).map(({ id }) => id)).toContain(machine.fly_id);
  expect((await listedVolumes(platform)).map(({ id }) => id)).toContain(machine.volume_id);
  // It may hold the project's only data: an operator has to judge.
  expect(await one.valet.orphans.keep({ ids: [machine.fly_id] })).toMatchObject({ done: [machine.fly_id] });
});

test('two instances that look at once lose a project once', async () => {
  await loseBoth();
  await lookUntilBelieved(platform, one);
  await platform.database.travel('6 minutes');
  await Promise.allSettled([one.run('observe'), two.run('observe')]);
  expect((await sleeper.events()).filter((what) => what === 'lost')).toHaveLength(1);
});

test('a member of the warm pool whose machine is gone retires, and its volume with it', async () => {
  const pool = await platform.controlPlane({ WARM_POOL_SIZE: '1' });
  await pool.run('replenish');
  const [member] = (await pool.valet.machines.list({ state: 'ready' })).machines;
  await destroyMachine(platform, member?.fly_id ?? '');
  await lookUntilBelieved(platform, pool);
  await settle(platform, pool);
  expect((await pool.valet.machines.list({ state: 'ready' })).machines).toEqual([]);
  expect((await listedVolumes(platform)).map(({ id }) => id)).not.toContain(member?.volume_id);
});
