import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instance } from '../../support/instance.js';
import { checkInvariants } from '../../support/invariants.js';
import { settle } from '../../support/settle.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '2' } });
  instance = await platform.controlPlane();
  await instance.run('replenish');
});
afterAll(() => platform?.[Symbol.asyncDispose]());

test('G3: a member that hangs is passed over within seconds, and given back', async () => {
  let claims = 0;
  const never = new Promise<undefined>(() => undefined);
  instance.calls.intervene((call) => {
    if (call === 'database: claimed') claims += 1;
    return call.startsWith('machine:') && claims === 1 ? never : undefined;
  });
  const began = performance.now();
  expect((await instance.valet.projects.create({ id: 'patient' })).state).toBe('active');
  // Waiting for it to answer its calls would take minutes.
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(claims).toBe(2);
  const machines = await platform.database.db.query<{ state: string; last_error: string | null }>(
    `select state, last_error from machines where project_id = 'patient' order by claimed_at`,
  );
  expect(machines).toEqual([
    { state: 'retiring', last_error: expect.stringContaining('not ready') },
    { state: 'assigned', last_error: null },
  ]);
  expect((await instance.valet.pool.status()).use).toMatchObject({ claimed: 1, made: 0 });
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
});
