import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Interrupted, interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
  survivor = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** Either it is there and works, or its id is free. */
async function isWholeOrNothing(where: string): Promise<void> {
  const [row] = await platform.database.db.query<{ state: string }>('select state from projects where id = $1', [
    `p-${number}`,
  ]);
  if (row) expect(row.state, where).toBe('active');
  else await survivor.valet.projects.create({ id: `p-${number}` });
  expect((await platform.visit(`p-${number}`, '/about')).status, where).toBe(200);
}

describe.each(interruptions)('G4: an instance that is %s at any step', { timeout: 120_000 }, (interruption) => {
  test('of a create from the warm pool leaves the project whole or not at all', async () => {
    const creating: Interrupted = {
      platform,
      survivor,
      prepare: async () => {
        number += 1;
        await survivor.run('replenish');
      },
      work: (victim) => victim.valet.projects.create({ id: `p-${number}` }),
      check: isWholeOrNothing,
    };
    const calls = await interruptAtEach(creating, interruption);
    expect(calls).toEqual([
      'database: create_begun #1',
      'database: claimed #1',
      'machine: POST /internal/configure #1',
      'database: activated #1',
    ]);
  });
});
