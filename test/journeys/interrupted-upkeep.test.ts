import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Interrupted, interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import { listedMachines, listedVolumes } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
  survivor = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

async function drainPool(): Promise<void> {
  await platform.database.db.query(
    `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now() where state = 'ready'`,
  );
}

/** As a `valet serve` with this image does when it starts. */
async function announceAgain(image: string): Promise<void> {
  await platform.database.db.query('update pool_kinds set announced_at = valet_now() where image = $1', [image]);
}

describe.each(interruptions)('G4: an instance that is %s at any step', { timeout: 120_000 }, (interruption) => {
  test('of filling the pool leaves no machine and no volume unaccounted for', async () => {
    const replenishing: Interrupted = {
      platform,
      survivor,
      env: { WARM_POOL_STANDBY: 'suspended' },
      prepare: async () => {
        await drainPool();
        await settle(platform, survivor);
      },
      work: (victim) => victim.run('replenish'),
    };
    const calls = await interruptAtEach(replenishing, interruption);
    await survivor.run('replenish');
    expect((await survivor.valet.pool.status()).ready).toBe(1);
    expect(calls).toEqual([
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
      'database: begin #2',
      'database: commit #2',
    ]);
  });

  test('of replacing members of an older image never leaves the pool empty', async () => {
    const replacing: Interrupted = {
      platform,
      survivor,
      env: { VALET_FLY_IMAGE: 'registry.fly.io/test:2' },
      prepare: async () => {
        await drainPool();
        await settle(platform, survivor);
        await announceAgain('registry.fly.io/test:1');
        await survivor.run('replenish');
      },
      work: (victim) => victim.run('replenish'),
      check: async (where) => {
        const ready = await platform.database.db.query(`select 1 from machines where state = 'ready'`);
        expect(ready.length, where).toBeGreaterThanOrEqual(1);
      },
    };
    const calls = await interruptAtEach(replacing, interruption);
    expect(calls.at(-2)).toBe('database: machine_given_up #1');
    await announceAgain('registry.fly.io/test:1');
    await drainPool();
    await settle(platform, survivor);
  });

  test('of giving a machine back leaves it to the next, who finishes', async () => {
    const retiring: Interrupted = {
      platform,
      survivor,
      prepare: async () => {
        await survivor.run('replenish');
        await drainPool();
      },
      work: (victim) => victim.run('retire'),
      check: async (where) => {
        expect(await listedMachines(platform), where).toEqual([]);
        expect(await listedVolumes(platform), where).toEqual([]);
      },
    };
    const calls = await interruptAtEach(retiring, interruption);
    expect(calls).toContain('fly: DELETE /machines/:id #1');
    expect(calls).toContain('fly: DELETE /volumes/:id #1');
  });
});
