import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import type { TestTelemetry } from '../support/telemetry.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let told: TestTelemetry;
/** Awake when a test begins, and its own. */
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
  one = await platform.controlPlane();
  told = one.told;
});
afterAll(async () => {
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  one.calls.intervene(() => undefined);
  number += 1;
  await one.run('replenish');
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
  told.forget();
});

const anyTime = expect.any(Number);

test('a claim is a hit when the pool has a member, and a miss when one has to be made', async () => {
  await one.run('replenish');
  await one.valet.projects.create({ id: `lucky-${number}` });
  expect(told.claims).toEqual([{ outcome: 'hit', region: 'sjc' }]);
  await one.valet.projects.create({ id: `unlucky-${number}`, region: 'fra' });
  expect(told.claims.slice(1)).toEqual([{ outcome: 'miss', region: 'fra' }]);
  expect(told.wakes).toEqual([]);
});

test('a sweep tells what became of the projects, and each archive its size', async () => {
  await platform.database.db.query(
    `update projects set last_active_at = valet_now() - interval '8 days' where id = $1`,
    [sleeper.id],
  );
  expect(await one.valet.sweep.run()).toMatchObject({ archived: [sleeper.id] });
  const [archive] = (await one.valet.archives.list(sleeper.id)).archives;
  expect(told.sweeps).toEqual([{ outcome: 'done', archived: 1, kept: 0, failed: 0, leftOver: 0 }]);
  expect(told.archives).toEqual([{ outcome: 'archived', durationMs: anyTime, bytes: archive?.size_bytes }]);
});

test('a wake is warm on a member of the pool, cold on a machine made for it', async () => {
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  await one.run('replenish');
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  expect(told.wakes).toEqual([
    { kind: 'cold', outcome: 'ok', durationMs: anyTime },
    { kind: 'warm', outcome: 'ok', durationMs: anyTime },
  ]);
  expect(told.claims.map(({ outcome }) => outcome)).toEqual(['miss', 'hit']);
});

test('a wake that cannot begin to restore has failed without a machine', async () => {
  await sleeper.fallAsleep();
  const rename = (to: string) =>
    platform.database.db.query(`update archives set r2_key = ${to} where project_id = $1`, [sleeper.id]);
  await rename(`r2_key || '-gone'`);
  await expect(sleeper.wakeUp()).rejects.toMatchObject({ code: 'wake_failed' });
  expect(told.wakes).toEqual([{ kind: 'none', outcome: 'failed', durationMs: anyTime }]);
  await rename(`replace(r2_key, '-gone', '')`);
});

test('who wants a project while it is being archived resumes it: the archive is cancelled, not failed', async () => {
  let woken: Promise<unknown> = Promise.resolve();
  one.calls.intervene(async (call) => {
    if (call !== 'store: HEAD') return undefined;
    one.calls.intervene(() => undefined);
    woken = one.valet.projects.wake(sleeper.id);
    await expect.poll(async () => (await sleeper.events()).at(-1)).toBe('wake_requested');
    return undefined;
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  await woken;
  expect(told.archives).toEqual([{ outcome: 'cancelled', durationMs: anyTime, bytes: null }]);
  expect(told.wakes).toEqual([{ kind: 'resumed', outcome: 'ok', durationMs: anyTime }]);
});

test('an archive that the store does not take has failed', async () => {
  one.calls.intervene(async (call) => {
    if (call === 'store: HEAD') throw new Error('cut');
    return undefined;
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toThrow();
  expect(told.archives).toEqual([{ outcome: 'failed', durationMs: anyTime, bytes: null }]);
});

test('every call to Fly is told, with its answer, whose it was and how long it took', async () => {
  await one.run('replenish');
  expect(told.flyCalls).toContainEqual({
    call: 'createMachine',
    target: expect.any(String),
    attempt: 1,
    status: 200,
    queuedMs: anyTime,
    durationMs: anyTime,
    cause: { kind: 'task', id: 'replenish' },
  });
});
