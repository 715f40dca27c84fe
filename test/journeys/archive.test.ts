import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Awake when a test begins, long unused, and its own. */
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '2' } });
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, two);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  one.calls.intervene(() => undefined);
  number += 1;
  await two.run('replenish');
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
  await platform.database.db.query(
    `update projects set last_active_at = valet_now() - interval '8 days' where id = $1`,
    [sleeper.id],
  );
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(await platform.webSocketUrl(sleeper.id));
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  return socket;
}

/** What its attempts at an archive came to. */
async function archives() {
  return platform.database.db.query<{ r2_key: string; proven: boolean }>(
    `select r2_key, proven_at is not null as proven from archives where project_id = $1 order by created_at`,
    [sleeper.id],
  );
}

/** Changes the uploaded object just before it is read back. */
function tamper(change: (bytes: Uint8Array) => Uint8Array): void {
  one.calls.intervene(async (call) => {
    if (call !== 'store: HEAD') return undefined;
    one.calls.intervene(() => undefined);
    const key = (await archives()).at(-1)?.r2_key ?? '';
    const url = await platform.store.downloadUrl(key, { expiresInSecs: 60 });
    const bytes = change(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    const upload = await platform.store.uploadUrl(key, { expiresInSecs: 60 });
    await fetch(upload, { method: 'PUT', body: new Uint8Array(bytes) });
    return undefined;
  });
}

test('G1: a project is dormant once its archive is proven, and its machine retires', async () => {
  const { machine_id } = await sleeper.row();
  const project = await one.valet.projects.archive(sleeper.id);
  expect(project).toMatchObject({ state: 'dormant', machine_id: null });
  expect(project.archive?.proven_at).not.toBeNull();
  const [machine] = await platform.database.db.query('select state from machines where id = $1', [machine_id]);
  expect(machine).toEqual({ state: 'retiring' });
});

test('a project that has a WebSocket open is left alone, and counts as used', async () => {
  const before = await sleeper.row();
  const socket = await openSocket();
  const echoed = new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'machine_busy' });
  const after = await sleeper.row();
  expect(after).toMatchObject({ state: 'active', archive_failures: 0, archive_retry_secs: null });
  expect(after.last_active_at.getTime() - before.last_active_at.getTime()).toBeGreaterThan(7 * 86_400_000);
  socket.send('still here');
  await echoed;
  socket.close();
});

test('a suspended machine is started for its archive', async () => {
  const { machine_id } = await one.valet.projects.get(sleeper.id);
  await callFly(platform.fly, 'POST', `/machines/${machine_id}/suspend`);
  expect((await one.valet.projects.archive(sleeper.id)).state).toBe('dormant');
});

test('G5: who wants the project while it is being archived gets it, with its data', async () => {
  let woken: Promise<unknown> = Promise.resolve();
  one.calls.intervene(async (call) => {
    if (call !== 'store: HEAD') return undefined;
    one.calls.intervene(() => undefined);
    woken = two.valet.projects.wake(sleeper.id);
    await expect.poll(async () => await wakeRequested()).toBe(true);
    return undefined;
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  await woken;
  expect(await sleeper.row()).toMatchObject({ state: 'active', current_archive_id: null, archive_failures: 0 });
  await sleeper.expectData();
});

async function wakeRequested(): Promise<boolean> {
  const [row] = await platform.database.db.query<{ wanted: boolean }>(
    'select wake_requested_at is not null as wanted from projects where id = $1',
    [sleeper.id],
  );
  return row?.wanted ?? false;
}

test('a project that is held is not archived', async () => {
  await platform.database.db.query(`update projects set hold_until = valet_now() + interval '1 hour' where id = $1`, [
    sleeper.id,
  ]);
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  expect(await archives()).toEqual([]);
  expect(await sleeper.row()).toMatchObject({ state: 'active' });
});

test('a hold that comes while the archive is being made stops it', async () => {
  one.calls.intervene(async (call) => {
    if (call !== 'store: HEAD') return undefined;
    await platform.database.db.query(`update projects set hold_until = valet_now() + interval '1 hour' where id = $1`, [
      sleeper.id,
    ]);
    return undefined;
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 0 });
  await sleeper.expectData();
});

test.each([
  ['changed', (bytes: Uint8Array) => bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1)],
  ['cut short', (bytes: Uint8Array) => bytes.subarray(0, 4096)],
  ['empty', () => new Uint8Array()],
])('G1: an object that was %s after the upload is not believed: the project serves again', async (_, change) => {
  const before = await sleeper.row();
  tamper(change);
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'archive_unproven' });
  const after = await sleeper.row();
  expect(after).toMatchObject({ state: 'active', current_archive_id: null, archive_failures: 1 });
  expect(after.machine_id).toBe(before.machine_id);
  expect(after.last_active_at).toEqual(before.last_active_at);
  expect(Math.round((after.archive_retry_secs ?? 0) / 60)).toBe(60);
  expect(await archives()).toMatchObject([{ proven: false }]);
  await sleeper.expectData();
});

test('a COMMIT whose answer is lost counts by what the row says: it was archived', async () => {
  one.calls.intervene((call) => (call === 'database: archived' ? 'lose_answer' : undefined));
  expect((await one.valet.projects.archive(sleeper.id)).state).toBe('dormant');
  one.calls.intervene(() => undefined);
  await sleeper.wakeUp();
  await sleeper.expectData();
});

test('G11: an archive that ends without anybody wanting the project does not count as use', async () => {
  const before = await sleeper.row();
  one.calls.intervene((call) => {
    // The machine is taken from the row behind the owner's back, so the commit is refused though nobody came.
    return call === 'database: archived' ? takeAway() : undefined;
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  const after = await sleeper.row();
  expect(after.last_active_at).toEqual(before.last_active_at);
  expect(after).toMatchObject({ state: 'active', archive_failures: 1 });
});

async function takeAway(): Promise<undefined> {
  await platform.database.db.query('update archives set epoch = epoch - 1 where project_id = $1', [sleeper.id]);
}

test('a project whose machine is gone is not archived, and not trapped', async () => {
  const { machine_id } = await one.valet.projects.get(sleeper.id);
  await callFly(platform.fly, 'DELETE', `/machines/${machine_id}?force=true`);
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'no_machine' });
  expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 1 });
  // As an operator would: what it was must not count against the others of this file.
  await platform.database.db.query(
    `insert into events (what, project_id, machine_id, actor)
     select 'deleted', project_id, id, 'operator' from machines where project_id = $1`,
    [sleeper.id],
  );
  await platform.database.db.query('delete from projects where id = $1', [sleeper.id]);
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where project_id = $1`,
    [sleeper.id],
  );
});
