import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import { plainFacts } from '../../src/sdk/routing/decide.js';
import { Router } from '../../src/sdk/routing/router.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

/** What happens between the proof of an archive and its commit, and just after. */
let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Awake when a test begins, and long unused. */
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
  sleeper = await new Sleeper(platform, one, 'sleeper').create();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  one.calls.intervene(() => undefined);
  await sleeper.wakeUp();
  await platform.database.db.query(`update projects set last_active_at = valet_now() - interval '8 days'`);
});

/** Once, just before that call of the archiving instance leaves. */
function before(call: string, what: () => Promise<unknown>): void {
  one.calls.intervene(async (each) => {
    if (each !== call) return undefined;
    one.calls.intervene(() => undefined);
    await what();
    return undefined;
  });
}

async function wakeRequested(): Promise<boolean> {
  const [row] = await platform.database.db.query<{ wanted: boolean }>(
    'select wake_requested_at is not null as wanted from projects where id = $1',
    [sleeper.id],
  );
  return row?.wanted ?? false;
}

async function expectServed(): Promise<void> {
  await sleeper.expectData();
  await settle(platform, two);
  expect(await checkInvariants(platform)).toEqual([]);
}

/** A router of another instance that hears no news: what it has cached it believes. */
function deafRouter(): Router {
  const changes = { healthy: true, subscribe: () => () => undefined };
  return new Router({
    source: two.serving.routes,
    changes,
    waker: two.serving.waker,
    observe: two.serving.observe,
    routerDomain: undefined,
    replay: { timeoutSecs: 0 },
    wakeTimeoutMs: 20_000,
  });
}

test('G5: a request between the proof and the commit cancels the archive', async () => {
  let woken: Promise<unknown> = Promise.resolve();
  before('database: archived', async () => {
    woken = two.valet.projects.wake(sleeper.id);
    await expect.poll(wakeRequested).toBe(true);
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  await woken;
  expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 0 });
  await expectServed();
});

test('G5: a request just after the commit, whose answer is lost, wakes the project from that archive', async () => {
  one.calls.intervene((call) => (call === 'database: archived' ? 'lose_answer' : undefined));
  const archived = one.valet.projects.archive(sleeper.id);
  expect((await archived).state).toBe('dormant');
  expect((await two.valet.projects.wake(sleeper.id)).state).toBe('active');
  await expectServed();
});

test('G5, G6: an instance that has cached the route touches nothing once another has begun to archive', async () => {
  await using router = disposable(deafRouter());
  const id = parseProjectId(sleeper.id);
  // Read while the project was awake and long unused: to be used only after a touch of the row.
  await router.it.explain(sleeper.id);
  let outcome: Promise<{ kind: string }> = Promise.resolve({ kind: 'none' });
  before('database: archived', async () => {
    outcome = router.it.route(id, plainFacts, new AbortController().signal);
    await expect.poll(wakeRequested).toBe(true);
  });
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  expect(await outcome).toMatchObject({ kind: 'replay' });
  await expectServed();
});

test('G5, G6: an instance that has cached the route finds the project asleep when another has committed', async () => {
  await using router = disposable(deafRouter());
  await router.it.explain(sleeper.id);
  const awake = await one.valet.projects.get(sleeper.id);
  await one.valet.projects.archive(sleeper.id);
  const outcome = await router.it.route(parseProjectId(sleeper.id), plainFacts, new AbortController().signal);
  const woken = await one.valet.projects.get(sleeper.id);
  expect(woken.machine_id).not.toBe(awake.machine_id);
  expect(outcome).toMatchObject({ kind: 'replay', header: expect.stringContaining(woken.machine_id ?? '') });
  await expectServed();
});

test('a hold while the archive is being made keeps the project awake, and is no failure', async () => {
  before('database: archived', () => two.valet.projects.hold(sleeper.id, { for_secs: 3600 }));
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
  expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 0 });
  expect((await one.valet.projects.get(sleeper.id)).hold_until).not.toBeNull();
  await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({
    code: 'state_changed',
    message: expect.stringContaining('is held until'),
  });
  expect((await one.valet.projects.hold(sleeper.id, { for_secs: 0 })).hold_until).toBeNull();
  expect((await one.valet.projects.archive(sleeper.id)).state).toBe('dormant');
});

test('a hold lasts for thirty days at most', async () => {
  await expect(one.valet.projects.hold(sleeper.id, { for_secs: 30 * 86_400 + 1 })).rejects.toMatchObject({
    code: 'request_invalid',
  });
});

function disposable(it: Router) {
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
