import { afterAll, beforeAll, expect, test } from 'vitest';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { checkInvariants, listedMachines } from '../../support/invariants.js';
import { settle } from '../../support/settle.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;
let watching: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '2', WARM_POOL_STANDBY: 'suspended' } });
  instance = await platform.controlPlane();
  watching = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

test('members that wait suspended are suspended before they are ready', async () => {
  const frozen = instance.calls.freezeBefore((call) => call.endsWith('/suspend'));
  const filling = instance.run('replenish');
  await frozen;
  expect((await watching.valet.pool.status()).ready).toBe(0);
  instance.calls.thaw();
  await filling;
  const { members } = await instance.valet.pool.status();
  expect(members).toMatchObject([{ fly_state: 'suspended' }, { fly_state: 'suspended' }]);
  expect((await listedMachines(platform)).map(({ state }) => state)).toEqual(['suspended', 'suspended']);
});

test('nothing suspends a member once it is ready: a claim alone touches it, and starts it', async () => {
  await instance.run('replenish');
  const before = instance.calls.made.length;
  for (const task of ['replenish', 'observe', 'recover', 'retire'] as const) await instance.run(task);
  expect(instance.calls.made.slice(before).filter((call) => /fly: (POST|PUT|DELETE)/.test(call))).toEqual([]);
  const created = await instance.valet.projects.create({ id: 'demo' });
  expect(created.state).toBe('active');
  expect((await platform.visit('demo', '/about')).status).toBe(200);
  expect((await instance.valet.pool.status()).use).toMatchObject({ claimed: 1, made: 0, hit_rate: 1 });
});

test('a member of which Fly keeps no snapshot is stopped instead, and is started by its claim', async () => {
  await instance.run('replenish');
  for (const { fly_id } of (await instance.valet.pool.status()).members) {
    await callFly(platform.fly, 'POST', `/machines/${fly_id}/start`);
    await callFly(platform.fly, 'GET', `/machines/${fly_id}/wait?state=started&timeout=5`);
    await callFly(platform.fly, 'POST', `/machines/${fly_id}/stop`);
    await callFly(platform.fly, 'GET', `/machines/${fly_id}/wait?state=stopped&timeout=5`);
  }
  expect((await instance.valet.projects.create({ id: 'cold-boot' })).state).toBe('active');
  expect((await platform.visit('cold-boot', '/about')).status).toBe(200);
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
});
