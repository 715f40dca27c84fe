import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import { listedMachines, listedVolumes } from '../support/invariants.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce, repeatEachStep } from '../support/repeat.js';
import { settle } from '../support/settle.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
  survivor = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** Breakers too are as they were: what fails here would in the end keep the pool from being filled at all. */
async function drainPool(): Promise<void> {
  await platform.database.db.query('delete from pool_breakers');
  await platform.database.db.query(
    `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now() where state = 'ready'`,
  );
}

/** As a `valet serve` with this image does when it starts. */
async function announceAgain(image: string): Promise<void> {
  await platform.database.db.query('update pool_kinds set announced_at = valet_now() where image = $1', [image]);
}

describe('G4: filling the pool', { timeout: 120_000 }, () => {
  const replenishing = (): Journey => ({
    platform,
    survivor,
    env: { WARM_POOL_STANDBY: 'suspended' },
    prepare: async () => {
      await drainPool();
      await settle(platform, survivor);
    },
    work: (instance) => instance.run('replenish'),
  });
  const effects = [
    'database: begin #1',
    'database: insert machines #1',
    'database: commit #1',
    'fly: POST /volumes #1',
    'database: update machines #1',
    'fly: POST /machines #1',
    'database: update machines #2',
    'fly: POST /machines/:id/suspend #1',
    'database: machine_ready #1',
    'database: breaker_closed #1',
  ];
  const isFilledNext = async () => {
    await survivor.run('replenish');
    expect((await survivor.valet.pool.status()).ready).toBe(1);
  };

  test.each(interruptions)('that is %s at any step leaves nothing unaccounted for', async (interruption) => {
    expect(await interruptAtEach(replenishing(), interruption)).toEqual(effects);
    await isFilledNext();
  });

  test('of which any step happens twice leaves nothing unaccounted for', async () => {
    expect(await repeatEachStep(replenishing())).toEqual(effects);
    await isFilledNext();
  });

  test('by two instances at once makes no more members than are wanted', async () => {
    const outcomes = await askTwiceAtOnce(replenishing());
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect((await survivor.valet.pool.status()).ready).toBe(1);
  });
});

describe('G4: replacing members of an older image', { timeout: 120_000 }, () => {
  const replacing = (): Journey => ({
    platform,
    survivor,
    env: { VALET_FLY_IMAGE: 'registry.fly.io/test:2' },
    prepare: async () => {
      await drainPool();
      await settle(platform, survivor);
      await announceAgain('registry.fly.io/test:1');
      await survivor.run('replenish');
    },
    work: (instance) => instance.run('replenish'),
    check: async (where) => {
      const ready = await platform.database.db.query(`select 1 from machines where state = 'ready'`);
      expect(ready.length, where).toBeGreaterThanOrEqual(1);
    },
  });
  afterAll(async () => {
    await announceAgain('registry.fly.io/test:1');
    await drainPool();
    await settle(platform, survivor);
  });

  test.each(interruptions)('that is %s at any step never leaves the pool empty', async (interruption) => {
    const calls = await interruptAtEach(replacing(), interruption);
    expect(calls.at(-2)).toBe('database: machine_given_up #1');
  });
});

describe('G4: giving a machine back', { timeout: 120_000 }, () => {
  const retiring = (): Journey => ({
    platform,
    survivor,
    prepare: async () => {
      // Whatever an earlier test has left may be suspended, and would be started to be asked.
      await drainPool();
      await settle(platform, survivor);
      await survivor.run('replenish');
      await drainPool();
    },
    work: (instance) => instance.run('retire'),
    check: async (where) => {
      expect(await listedMachines(platform), where).toEqual([]);
      expect(await listedVolumes(platform), where).toEqual([]);
    },
  });
  const calls = ['fly: DELETE /machines/:id #1', 'fly: DELETE /volumes/:id #1'];

  test.each(interruptions)('that is %s at any step is finished by the next', async (interruption) => {
    expect(await interruptAtEach(retiring(), interruption)).toEqual(expect.arrayContaining(calls));
  });

  test('of which any step happens twice is finished', async () => {
    expect(await repeatEachStep(retiring())).toEqual(expect.arrayContaining(calls));
  });

  test('by two instances at once is finished', async () => {
    await askTwiceAtOnce(retiring());
  });
});
