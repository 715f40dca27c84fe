import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce, repeatEachStep } from '../support/repeat.js';
import { settle } from '../support/settle.js';
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

async function emptyPool(): Promise<void> {
  await platform.database.db.query(
    `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now() where state = 'ready'`,
  );
  await settle(platform, survivor);
}

const creations: readonly { readonly from: string; readonly pool: () => Promise<unknown>; effects: string[] }[] = [
  {
    from: 'the warm pool',
    pool: () => survivor.run('replenish'),
    effects: [
      'database: create_begun #1',
      'database: claimed #1',
      'machine: POST /internal/configure #1',
      'database: activated #1',
    ],
  },
  {
    from: 'nothing',
    pool: emptyPool,
    effects: [
      'database: create_begun #1',
      'database: claimed #1',
      'database: insert machines #1',
      'fly: POST /volumes #1',
      'database: update machines #1',
      'fly: POST /machines #1',
      'database: update machines #2',
      'database: machine_made #1',
      'database: breaker_closed #1',
      'machine: POST /internal/configure #1',
      'database: activated #1',
    ],
  },
];

describe.each(creations)('G4: a create from $from', { timeout: 120_000 }, ({ pool, effects }) => {
  const creating = (): Journey => ({
    platform,
    survivor,
    prepare: async () => {
      number += 1;
      await pool();
    },
    work: (instance) => instance.valet.projects.create({ id: `p-${number}` }),
    check: isWholeOrNothing,
  });

  test.each(interruptions)('that is %s at any step leaves the project whole or not at all', async (interruption) => {
    expect(await interruptAtEach(creating(), interruption)).toEqual(effects);
  });

  test('of which any step happens twice leaves the project whole or not at all', async () => {
    expect(await repeatEachStep(creating())).toEqual(effects);
  });

  test('that is asked for twice at once makes one project', async () => {
    const outcomes = await askTwiceAtOnce(creating());
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
