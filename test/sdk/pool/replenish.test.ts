import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { checkInvariants, listedMachines, listedVolumes } from '../../support/invariants.js';
import { expectNothingMore } from '../../support/repeat.js';
import { settle } from '../../support/settle.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '2' } });
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  platform.fly.faults.clear();
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready'`,
  );
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
});

test('two instances that fill the pool at once make no machine too many', async () => {
  await Promise.all([one.run('replenish'), two.run('replenish')]);
  expect(await listedMachines(platform)).toHaveLength(2);
  expect(await one.valet.pool.status()).toMatchObject({ ready: 2, provisioning: 0, shortfall: 0 });
});

test('a pool that is full is left as it is, however often it is looked at', async () => {
  await one.run('replenish');
  await expectNothingMore(platform, [one, two], ['replenish', 'retire', 'recover', 'observe', 'sweep']);
});

test('who asks while another is at it is told so', async () => {
  const frozen = one.calls.freezeBefore((call) => call === 'fly: POST /machines');
  const first = one.valet.pool.replenish();
  await frozen;
  expect((await two.valet.pool.replenish()).skipped).toContain('Another instance');
  one.calls.thaw();
  expect((await first).ready).toHaveLength(2);
});

test('a machine that cannot be made is reported, and what was made of it is given back', async () => {
  platform.fly.faults.add({
    call: 'create_machine',
    kind: 'refuse',
    status: 422,
    error: 'could not find a candidate host',
    bodyStatus: 'insufficient_capacity',
    times: 1,
  });
  const { ready, failed } = await one.valet.pool.replenish();
  expect(ready).toHaveLength(1);
  expect(failed).toMatchObject([{ code: 'fly_failed' }]);
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
  expect(await listedVolumes(platform)).toHaveLength(1);
});

test.each([
  ['create_volume', 'lose_answer'],
  ['create_machine', 'lose_answer'],
  ['wait_machine', 'lose_answer'],
] as const)('G4: a %s whose answer is lost makes neither two nor a stray', async (call, kind) => {
  platform.fly.faults.add({ call, kind, times: 1 });
  await one.run('replenish');
  expect(await listedMachines(platform)).toHaveLength(2);
  expect(await listedVolumes(platform)).toHaveLength(2);
  expect(await checkInvariants(platform)).toEqual([]);
});

test.each(['create_volume', 'create_machine'] as const)(
  'G4: a %s that is carried out although it was refused is found and given back or used',
  async (call) => {
    platform.fly.faults.add({ call, kind: 'refuse', status: 408, error: 'timed out', afterActing: true, times: 1 });
    await one.run('replenish').catch(() => undefined);
    await settle(platform, one);
    await one.run('replenish');
    expect(await listedMachines(platform)).toHaveLength(2);
    expect(await listedVolumes(platform)).toHaveLength(2);
    expect(await checkInvariants(platform)).toEqual([]);
  },
);

test('G4: a machine that is destroyed while it is waited for is given up at once', async () => {
  const frozen = one.calls.freezeBefore((call) => call.endsWith('/wait'));
  const filling = one.valet.pool.replenish();
  await frozen;
  for (const { id } of await listedMachines(platform)) {
    await callFly(platform.fly, 'DELETE', `/machines/${id}?force=true`);
  }
  one.calls.thaw();
  const { failed } = await filling;
  expect(failed[0]?.reason).toContain('is destroyed at Fly');
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
});

test('G8: one that is paused in the middle of asking keeps the others waiting only for a moment', async () => {
  const frozen = one.calls.freezeBefore((call) => call === 'database: insert machines');
  const paused = one.run('replenish').catch(() => undefined);
  await frozen;
  await two.run('replenish');
  expect((await two.valet.pool.status()).ready).toBe(2);
  one.calls.thaw();
  await paused;
  expect(await listedMachines(platform)).toHaveLength(2);
});
