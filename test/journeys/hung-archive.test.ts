import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';
import { type AtFly, machineOfProject } from '../support/vanish.js';

let platform: TestPlatform;
let survivor: Instance;
let sleeper: Sleeper;
let machine: AtFly;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform();
  survivor = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, survivor);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

/** Its machine was put to sleep for an archive whose owner has died since. */
beforeEach(async () => {
  platform.fly.faults.clear();
  number += 1;
  sleeper = await new Sleeper(platform, survivor, `sleeper-${number}`).create();
  machine = await machineOfProject(platform, sleeper.id);
  await using owner = await platform.controlPlane();
  owner.calls.intervene((call) => (call === 'store: HEAD' ? 'die_before' : undefined));
  const died = new Promise<void>((resolve) => owner.calls.death.addEventListener('abort', () => resolve()));
  owner.valet.projects.archive(sleeper.id).catch(() => undefined);
  await died;
  await platform.database.travel('1 minute');
});

async function tell(command: 'suspend' | 'start', state: string): Promise<void> {
  await callFly(platform.fly, 'POST', `/machines/${machine.fly_id}/${command}`);
  await callFly(platform.fly, 'GET', `/machines/${machine.fly_id}/wait?state=${state}&timeout=5`);
}

async function suspendForGood(): Promise<void> {
  await tell('suspend', 'suspended');
  const error = 'aborted: could not reserve resource for machine: insufficient memory available to fulfill request';
  platform.fly.faults.add({ call: 'start_machine', kind: 'refuse', status: 409, error, times: Infinity });
}

async function isToBeResumed(): Promise<boolean> {
  const [row] = await platform.database.db.query<{ resume_pending: boolean }>(
    'select resume_pending from projects where id = $1',
    [sleeper.id],
  );
  return row?.resume_pending ?? false;
}

test('G7: an archive whose machine does not come up is active again after some minutes', async () => {
  await suspendForGood();
  await expect(survivor.run('recover')).rejects.toThrow(sleeper.id);
  expect((await sleeper.row()).state).toBe('archiving');
  await platform.database.travel('6 minutes');
  await survivor.run('recover');
  expect(await sleeper.row()).toMatchObject({ state: 'active', machine_id: machine.id });
  expect(await isToBeResumed()).toBe(true);
});

test('its machine is told to serve when it runs again, and not before', async () => {
  await suspendForGood();
  await platform.database.travel('6 minutes');
  await survivor.run('recover');
  await survivor.run('observe');
  expect(await survivor.run('recover')).toBeNull();
  platform.fly.faults.clear();
  await tell('start', 'started');
  expect((await platform.visit(sleeper.id, '/kv/kept')).status).toBe(503);
  await survivor.run('observe');
  expect(await survivor.run('recover')).toContain(sleeper.id);
  expect(await isToBeResumed()).toBe(false);
  await sleeper.expectData();
  expect((await sleeper.events()).at(-1)).toBe('resumed');
});

test('G10: a machine that Fly denied for a moment is told to serve when it is known again', async () => {
  const forgotten = platform.fly.faults.add({ call: '*', kind: 'forget', target: machine.fly_id, times: Infinity });
  await survivor.run('recover');
  expect((await sleeper.row()).state).toBe('active');
  expect(await isToBeResumed()).toBe(true);
  forgotten.remove();
  await survivor.run('observe');
  await survivor.run('recover');
  await sleeper.expectData();
});

test('G6: who tells it to serve while it is being archived again is refused by the machine', async () => {
  await suspendForGood();
  await platform.database.travel('6 minutes');
  await survivor.run('recover');
  platform.fly.faults.clear();
  await tell('start', 'started');
  await survivor.run('observe');
  await using late = await platform.controlPlane();
  const frozen = late.calls.freezeBefore((call) => call.endsWith('/internal/resume'));
  const recovering = late.run('recover').catch((error: unknown) => String(error));
  await frozen;
  const archived = survivor.calls.freezeBefore((call) => call === 'database: archived');
  const archiving = survivor.valet.projects.archive(sleeper.id);
  await archived;
  late.calls.thaw();
  expect(await recovering).toContain('stale_epoch');
  survivor.calls.thaw();
  await archiving;
  await sleeper.wakeUp();
  await sleeper.expectData();
  expect(await isToBeResumed()).toBe(false);
});

test('a hold that is set while the project is being archived cancels that, and is no failure', async () => {
  await survivor.run('recover');
  const before = await sleeper.row();
  await using owner = await platform.controlPlane();
  owner.calls.intervene(async (call) => {
    if (call === 'store: HEAD')
      await platform.database.db.query(
        `update projects set hold_until = valet_now() + interval '1 hour' where id = $1`,
        [sleeper.id],
      );
    return undefined;
  });
  await expect(owner.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  expect(await sleeper.row()).toMatchObject({
    state: 'active',
    archive_failures: 0,
    last_active_at: before.last_active_at,
  });
  await sleeper.expectData();
});
