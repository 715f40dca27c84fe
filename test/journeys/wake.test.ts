import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Asleep when a test begins, and its own. */
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '2' } });
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  platform.fly.faults.clear();
  for (const instance of [one, two]) instance.calls.intervene(() => undefined);
  number += 1;
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
  await sleeper.fallAsleep();
  await one.run('retire');
  await one.run('replenish');
});

async function archiveKeyOf(id: string): Promise<string> {
  const project = await one.valet.projects.get(id);
  return project.archive?.r2_key ?? '';
}

async function put(key: string, bytes: Uint8Array): Promise<void> {
  const url = await platform.store.uploadUrl(key, { expiresInSecs: 60 });
  expect((await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })).status).toBe(200);
}

async function get(key: string): Promise<Uint8Array> {
  const url = await platform.store.downloadUrl(key, { expiresInSecs: 60 });
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function usedMachines(): Promise<string[]> {
  const rows = await platform.database.db.query<{ state: string }>(
    `select state from machines where project_id = $1 order by created_at`,
    [sleeper.id],
  );
  return rows.map(({ state }) => state);
}

test('twenty callers on two instances share one wake, and find the data', async () => {
  const before = (await sleeper.events()).length;
  const callers = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two));
  const views = await Promise.all(
    callers.map(({ serving }) => serving.waker.awake(parseProjectId(sleeper.id), { timeoutMs: 20_000 })),
  );
  expect(new Set(views.map(({ machine }) => machine?.flyId)).size).toBe(1);
  expect((await sleeper.events()).slice(before)).toEqual(['wake_begun', 'claimed', 'activated']);
  await sleeper.expectData();
});

test('a caller that gives up leaves the wake to the others', async () => {
  const givingUp = new AbortController();
  const left = one.valet.projects.wake(sleeper.id, { signal: givingUp.signal });
  const impatient = one.serving.waker.awake(parseProjectId(sleeper.id), { timeoutMs: 1 });
  const stayed = one.valet.projects.wake(sleeper.id);
  givingUp.abort(new Error('no more patience'));
  await expect(left).rejects.toThrow('no more patience');
  await expect(impatient).rejects.toMatchObject({ code: 'wake_timeout', retryAfterSecs: 2 });
  expect((await stayed).state).toBe('active');
});

test('a wake goes on when nobody waits for it any more', async () => {
  const givingUp = new AbortController();
  one.calls.intervene((call) => {
    if (call.endsWith('/internal/configure')) givingUp.abort(new Error('gone'));
    return undefined;
  });
  await expect(one.valet.projects.wake(sleeper.id, { signal: givingUp.signal })).rejects.toThrow('gone');
  await expect.poll(async () => (await sleeper.row()).state, { timeout: 10_000 }).toBe('active');
});

test('G1, G3: a damaged archive fails the wake, keeps the archive, and costs one machine that never returns', async () => {
  const key = await archiveKeyOf(sleeper.id);
  const whole = await get(key);
  const damaged = whole.with(whole.length - 1, (whole.at(-1) ?? 0) ^ 1);
  await put(key, damaged);
  const before = await usedMachines();
  const failing = one.valet.projects.wake(sleeper.id);
  await expect(failing).rejects.toMatchObject({ code: 'wake_failed', retryAfterSecs: 5 });
  await expect(failing).rejects.toThrow('checksum_mismatch');
  expect(await usedMachines()).toEqual([...before, 'retiring']);
  expect(await sleeper.row()).toMatchObject({ state: 'dormant', machine_id: null, wake_failures: 1 });
  expect((await sleeper.events()).at(-1)).toBe('wake_put_back');
  expect(await archiveKeyOf(sleeper.id)).toBe(key);
  await put(key, whole);
});

test('a wake that failed is not tried again by every request, and later ever more seldom', async () => {
  const key = await archiveKeyOf(sleeper.id);
  const whole = await get(key);
  await platform.store.delete(key);
  const retries: (number | undefined)[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
    const began = (await sleeper.events()).length;
    const request = two.serving.waker.awake(parseProjectId(sleeper.id), { timeoutMs: 10_000 });
    await expect(request).rejects.toMatchObject({ code: 'wake_failed' });
    expect((await sleeper.events()).length).toBe(began);
    retries.push(Math.round((await sleeper.row()).wake_retry_secs ?? 0));
    await platform.database.travel('2 minutes');
  }
  expect(retries).toEqual([5, 10, 20]);
  await put(key, whole);
  await sleeper.wakeUp();
  await sleeper.expectData();
  expect((await sleeper.row()).wake_failures).toBe(0);
});

test('an archive that is missing costs no machine', async () => {
  const key = await archiveKeyOf(sleeper.id);
  const whole = await get(key);
  await platform.store.delete(key);
  const before = await usedMachines();
  await expect(one.valet.projects.wake(sleeper.id)).rejects.toThrow('is not in the store');
  expect(await usedMachines()).toEqual(before);
  await put(key, whole);
});

test('a suspended member of the pool is started before it is spoken to', async () => {
  const listed = await one.valet.pool.status();
  for (const { fly_id } of listed.members) await callFly(platform.fly, 'POST', `/machines/${fly_id}/suspend`);
  await sleeper.wakeUp();
  await sleeper.expectData();
});

test('a machine that falls asleep during a call is started, and the call goes on', async () => {
  one.calls.intervene(async (call) => {
    if (!call.endsWith('/internal/restore-from-r2')) return undefined;
    one.calls.intervene(() => undefined);
    const [row] = await platform.database.db.query<{ fly_id: string }>(
      `select fly_id from machines where project_id = $1 and state = 'assigned'`,
      [sleeper.id],
    );
    await callFly(platform.fly, 'POST', `/machines/${row?.fly_id}/suspend`);
    await callFly(platform.fly, 'GET', `/machines/${row?.fly_id}/wait?state=suspended&timeout=5`);
    return undefined;
  });
  const before = await usedMachines();
  await sleeper.wakeUp();
  await sleeper.expectData();
  expect(await usedMachines()).toEqual([...before, 'assigned']);
});

test('G2: a project that was woken although the answer was lost is awake, once', async () => {
  one.calls.intervene((call) => (call === 'database: activated' ? 'lose_answer' : undefined));
  expect((await one.valet.projects.wake(sleeper.id)).state).toBe('active');
  await sleeper.expectData();
});
