import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedMachines } from '../support/invariants.js';
import { expectNothingMore } from '../support/repeat.js';
import { settle } from '../support/settle.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '4' } });
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  for (const instance of [one, two]) instance.calls.intervene(() => undefined);
  await one.valet.pool.resume();
  await one.run('replenish');
});

test('a paused pool makes nothing, and its members are claimed as before', async () => {
  expect(await one.valet.pool.pause()).toMatchObject({ mode: 'paused', ready: 4 });
  await two.valet.projects.create({ id: 'while-paused' });
  expect(await two.valet.pool.replenish()).toMatchObject({ skipped: expect.stringContaining('paused'), ready: [] });
  expect(await two.valet.pool.status()).toMatchObject({ mode: 'paused', ready: 3, shortfall: 1 });
  expect(await two.valet.pool.resume()).toMatchObject({ mode: 'filling' });
  expect((await two.valet.pool.replenish()).ready).toHaveLength(1);
});

test('whoever fills the pool is nudged when it is resumed', async () => {
  await one.valet.pool.pause();
  const nudged = new Promise<void>((resolve) => {
    const task = two.serving.tasks.find(({ name }) => name === 'replenish');
    const stop = task?.onNudge?.(() => {
      stop?.();
      resolve();
    });
  });
  await one.valet.pool.resume();
  await nudged;
});

test('a drained pool gives everything back and stays empty, until it is resumed', async () => {
  const before = (await one.valet.pool.status()).members.map(({ id }) => id);
  const { retiring } = await one.valet.pool.drain();
  expect(retiring.toSorted()).toEqual(before.toSorted());
  await settle(platform, two);
  await expectNothingMore(platform, [one, two], ['replenish', 'retire', 'recover']);
  expect(await two.valet.pool.status()).toMatchObject({ mode: 'draining', ready: 0, members: [] });
});

test('what becomes ready only after the drain has begun goes as well', async () => {
  await one.valet.pool.drain();
  await settle(platform, one);
  await one.valet.pool.resume();
  const frozen = one.calls.freezeBefore((call) => call === 'database: machine_ready');
  const filling = one.run('replenish');
  await frozen;
  expect((await two.valet.pool.drain()).retiring).toEqual([]);
  one.calls.thaw();
  await filling;
  await two.run('replenish');
  await settle(platform, two);
  expect(await listedMachines(platform).then((all) => all.length)).toBe(await assigned());
  expect(await two.valet.pool.status()).toMatchObject({ ready: 0, provisioning: 0 });
});

test('G13: a drain of more members than its limit does nothing', async () => {
  await expect(one.valet.pool.drain({ limit: 3 })).rejects.toMatchObject({
    code: 'fuse_blown',
    hint: expect.stringContaining('limit of 4'),
  });
  expect(await two.valet.pool.status()).toMatchObject({ mode: 'filling', ready: 4 });
});

test('G3: under a storm of claims each member is either claimed or drained, and every project is served', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `storm-${index}`);
  const creating = Promise.all(ids.map((id, index) => (index % 2 === 0 ? one : two).valet.projects.create({ id })));
  const draining = two.valet.pool.drain();
  const [created, { retiring }] = await Promise.all([creating, draining]);
  expect(created.map(({ state }) => state)).toEqual(ids.map(() => 'active'));
  const both = await platform.database.db.query(
    `select machine_id from events where what = 'claimed' and machine_id = any($1)`,
    [retiring],
  );
  expect(both).toEqual([]);
  for (const id of ids) expect((await platform.visit(id, '/about')).status).toBe(200);
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
});

async function assigned(): Promise<number> {
  return (await one.valet.machines.list({ state: 'assigned' })).machines.length;
}
