import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../../support/instance.js';
import { checkInvariants } from '../../support/invariants.js';
import { expectNothingMore } from '../../support/repeat.js';
import { settle } from '../../support/settle.js';
import { Sleeper } from '../../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
let idle: Sleeper;
let fresh: Sleeper;
let broken: Sleeper;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
  [idle, fresh, broken] = await Promise.all([
    new Sleeper(platform, one, 'idle').create(),
    new Sleeper(platform, one, 'fresh').create(),
    new Sleeper(platform, one, 'broken').create(),
  ]);
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  one.calls.intervene(() => undefined);
  await Promise.all([idle, fresh, broken].map((each) => each.wakeUp()));
  await used(idle, '8 days');
  await used(fresh, '1 day');
  await used(broken, '9 days');
  await platform.database.db.query('update projects set hold_until = null, archive_retry_at = null');
});

async function used(sleeper: Sleeper, ago: string): Promise<void> {
  await platform.database.db.query(`update projects set last_active_at = valet_now() - $2::interval where id = $1`, [
    sleeper.id,
    ago,
  ]);
}

async function states(): Promise<string[]> {
  return Promise.all([idle, fresh, broken].map(async (each) => (await each.row()).state));
}

test('what is unused for the threshold goes to sleep, and nothing else', async () => {
  await one.run('sweep');
  expect(await states()).toEqual(['dormant', 'active', 'dormant']);
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
  await expectNothingMore(platform, [one, two], ['sweep', 'retire', 'recover']);
});

test('the plan is what is then done, also with a threshold of its own', async () => {
  const scope = { older_than_secs: 3600 };
  const plan = await one.valet.sweep.plan(scope);
  expect(plan.archive.map(({ id }) => id)).toEqual(['broken', 'idle', 'fresh']);
  const { archived } = await one.valet.sweep.run(scope);
  expect(archived.toSorted()).toEqual(['broken', 'fresh', 'idle']);
});

test('one project that fails stops no other', async () => {
  const [machine] = await platform.database.db.query<{ fly_id: string }>(
    `select fly_id from machines where project_id = 'broken' and state = 'assigned'`,
  );
  const target = machine?.fly_id ?? '';
  platform.fly.faults.add({ call: 'get_machine', kind: 'refuse', status: 403, error: 'no', times: 1, target });
  const result = await one.valet.sweep.run();
  expect(result).toMatchObject({ archived: ['idle'], kept: [], failed: [{ id: 'broken', code: 'fly_failed' }] });
  expect(await states()).toEqual(['dormant', 'active', 'active']);
  expect((await broken.row()).archive_retry_secs).toBeGreaterThan(3500);
});

test('one that is in use is kept, and told apart from one that fails', async () => {
  const socket = new WebSocket(await platform.webSocketUrl('broken'));
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const result = await one.valet.sweep.run();
  socket.close();
  expect(result).toMatchObject({ archived: ['idle'], kept: [{ id: 'broken', code: 'machine_busy' }], failed: [] });
});

test('held projects are skipped, with the reason', async () => {
  await platform.database.db.query(
    `update projects set hold_until = valet_now() + interval '1 hour' where id = 'broken'`,
  );
  expect((await one.valet.sweep.plan()).skip).toMatchObject([{ id: 'broken', reason: 'held by an operator' }]);
  expect((await one.valet.sweep.run()).archived).toEqual(['idle']);
});

test('a held project does not hide the ones behind it from a small sweep', async () => {
  await platform.database.db.query(
    `update projects set hold_until = valet_now() + interval '1 hour' where id = 'broken'`,
  );
  await platform.database.db.query(`update projects set hold_until = valet_now() + interval '1 hour', 
    last_active_at = valet_now() - interval '10 days' where id = 'fresh'`);
  expect((await one.valet.sweep.run({ limit: 1 })).archived).toEqual(['idle']);
});

test('two sweeps at once archive each project once', async () => {
  const before = (await idle.events()).filter((what) => what === 'archive_begun').length;
  await Promise.all([one.run('sweep'), two.run('sweep')]);
  expect(await states()).toEqual(['dormant', 'active', 'dormant']);
  expect((await idle.events()).filter((what) => what === 'archived').length).toBeLessThanOrEqual(before + 1);
  expect(await checkInvariants(platform)).toEqual([]);
});

test('G13: a sweep with less room than there are idle projects says how many it left over', async () => {
  expect(await one.valet.sweep.plan({ limit: 1, older_than_secs: 3600 })).toMatchObject({
    archive: [{ id: 'broken' }],
    left_over: 2,
  });
  const result = await one.valet.sweep.run({ limit: 1, older_than_secs: 3600 });
  expect(result).toMatchObject({ archived: ['broken'], failed: [], left_over: 2 });
});

test('a sweep is told by its history from what an operator asked for, with the reason', async () => {
  await one.run('sweep');
  const { events } = await one.valet.projects.events('idle', { limit: 2 });
  const actor = `sweep@${one.name}`;
  expect(events).toMatchObject([
    { what: 'archived', actor, why: expect.stringMatching(/^archive \w+ was read back and proven$/) },
    { what: 'archive_begun', actor, why: expect.stringMatching(/^nobody has used it for \d+ seconds$/) },
  ]);
  await one.valet.sweep.run({ older_than_secs: 3600 });
  const [event] = (await one.valet.projects.events('fresh', { limit: 1 })).events;
  expect(event).toMatchObject({ what: 'archived', actor: `operator@${one.name}` });
});
