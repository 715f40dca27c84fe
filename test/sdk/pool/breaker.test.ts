import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Instance } from '../../support/instance.js';
import { checkInvariants } from '../../support/invariants.js';
import { settle } from '../../support/settle.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;

const broken = 'registry.fly.io/broken:1';

beforeAll(async () => {
  const exits = { command: process.execPath, args: ['-e', 'process.exit(3)'] };
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '3' }, images: { [broken]: exits } });
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  platform.fly.faults.clear();
  for (const instance of [one, two]) instance.calls.intervene(() => undefined);
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready';
     delete from pool_breakers`,
  );
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
});

const failing = (times: number) =>
  platform.fly.faults.add({ call: 'create_machine', kind: 'refuse', status: 422, error: 'no such image', times });

const creates = () =>
  [one, two].flatMap(({ calls }) => calls.made).filter((call) => call === 'fly: POST /machines').length;

async function breakers(instance = one) {
  return (await instance.valet.pool.status()).breakers;
}

describe('a region where nothing can be made', () => {
  test('is left alone by all instances until a probe is due, and is filled again when the probe succeeds', async () => {
    failing(Number.POSITIVE_INFINITY);
    expect((await one.valet.pool.replenish()).failed).toHaveLength(3);
    expect(await breakers(two)).toMatchObject([{ region: 'sjc', failures: 3, opened_at: expect.any(String) }]);
    const before = creates();
    for (const instance of [one, two]) {
      expect(await instance.valet.pool.replenish()).toMatchObject({
        skipped: expect.stringContaining('sjc'),
        failed: [],
      });
    }
    expect(creates()).toBe(before);
    await platform.database.travel('1 minute');
    await Promise.all([one.valet.pool.replenish(), two.valet.pool.replenish()]);
    expect(creates()).toBe(before + 1);
    platform.fly.faults.clear();
    await platform.database.travel('3 minutes');
    expect((await two.valet.pool.replenish()).ready).toHaveLength(1);
    expect(await breakers()).toEqual([]);
    expect((await one.valet.pool.replenish()).ready).toHaveLength(2);
    const told = await platform.database.db.query<{ what: string; actor: string }>(
      `select what, actor from events where what like 'breaker%' order by id`,
    );
    expect(told.slice(-2)).toEqual([
      { what: 'breaker_opened', actor: `replenish@${one.name}` },
      { what: 'breaker_closed', actor: `replenish@${two.name}` },
    ]);
  });

  test('is tried all the same for a project that waits; its success closes the breaker', async () => {
    failing(3);
    await one.valet.pool.replenish();
    expect(await breakers()).toHaveLength(1);
    expect((await two.valet.projects.create({ id: 'waiting' })).state).toBe('active');
    expect(await breakers()).toEqual([]);
  });

  test('is also recognised by projects that waited in vain', async () => {
    failing(3);
    for (const id of ['vain-1', 'vain-2', 'vain-3']) {
      await expect(one.valet.projects.create({ id })).rejects.toMatchObject({ code: 'fly_failed' });
    }
    expect(await breakers()).toMatchObject([{ failures: 3, opened_at: expect.any(String) }]);
  });

  test('is not blamed for what was decided elsewhere', async () => {
    one.calls.intervene(async (call) => {
      if (call !== 'fly: POST /machines') return undefined;
      await platform.database.db.query(
        `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'provisioning'`,
      );
      return undefined;
    });
    const { failed } = await one.valet.pool.replenish();
    expect(failed.map(({ code }) => code)).toEqual(['state_changed', 'state_changed', 'state_changed']);
    expect(await breakers()).toEqual([]);
  });
});

test('a program that keeps ending is given up within seconds, says how it ended, and counts against its image', async () => {
  await using instance = await platform.controlPlane({ VALET_FLY_IMAGE: broken });
  const { ready, failed } = await instance.valet.pool.replenish();
  expect(ready).toEqual([]);
  expect(failed).toHaveLength(3);
  expect(failed[0]).toMatchObject({
    code: 'machine_unreachable',
    reason: expect.stringMatching(/ended \d+ times .* exit code 3/),
  });
  expect(await breakers(instance)).toMatchObject([{ image: broken, opened_at: expect.any(String) }]);
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
});
