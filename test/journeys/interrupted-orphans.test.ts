import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedMachines, listedVolumes } from '../support/invariants.js';
import type { Journey } from '../support/journey.js';
import { repeatEachStep } from '../support/repeat.js';
import { settle } from '../support/settle.js';
import { strayVolume } from '../support/strays.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;

beforeAll(async () => {
  platform = await testPlatform();
  survivor = await platform.controlPlane({ WARM_POOL_SIZE: '1' });
  await survivor.valet.projects.create({ id: 'in-use' });
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** Beside the project's machine, in use all the while: its volume made twice, and a machine that was taken for gone. */
async function strays(): Promise<void> {
  const { db } = platform.database;
  // What the time before has seen and forgets in this one would be steps that come only sometimes.
  await db.query('delete from quarantine');
  const [row] = await db.query<{ volume_name: string }>(`select volume_name from machines where state = 'assigned'`);
  await strayVolume(platform, row?.volume_name ?? '');
  await survivor.run('replenish');
  await db.query(
    `update machines set state = 'retired', retired_at = valet_now(), machine_gone_at = valet_now(),
            volume_gone_at = valet_now(), retire_cause = 'surplus'
      where state = 'ready'`,
  );
  await survivor.run('orphans');
  await platform.database.travel('15 minutes');
}

describe('G4: the search for orphans', { timeout: 240_000 }, () => {
  const searching = (): Journey => ({
    platform,
    survivor,
    env: { WARM_POOL_SIZE: '1' },
    prepare: strays,
    work: (instance) => instance.run('orphans'),
    check: async (where) => {
      const inUse = await platform.database.db.query<{ fly_id: string; volume_id: string }>(
        `select fly_id, volume_id from machines where project_id = 'in-use' and state = 'assigned'`,
      );
      expect(await listedMachines(platform), where).toMatchObject(inUse.map(({ fly_id }) => ({ id: fly_id })));
      expect(await listedVolumes(platform), where).toMatchObject(inUse.map(({ volume_id }) => ({ id: volume_id })));
      expect(
        await platform.database.db.query('select 1 from quarantine where confirmed_at is not null'),
        where,
      ).toEqual([]);
    },
  });

  test.each(interruptions)('that is %s at any step is carried on by the next', async (interruption) => {
    const effects = await interruptAtEach(searching(), interruption);
    expect(effects).toEqual(expect.arrayContaining(['database: orphan_adopted #1', 'database: orphan_adopted #2']));
  });

  test('of which any step happens twice does nothing twice', async () => {
    expect(await repeatEachStep(searching())).toContain('database: orphan_adopted #2');
  });
});

describe('G4: an owner that is paused for longer than its deadline', { timeout: 120_000 }, () => {
  test.each(['POST /volumes', 'POST /machines'])(
    'in the middle of %s, and then dies, leaves nothing behind',
    async (call) => {
      const owner = await platform.controlPlane({ WARM_POOL_SIZE: '1' });
      const frozen = owner.calls.freezeBefore((each) => each === `fly: ${call}`);
      const filling = owner.run('replenish').catch(() => undefined);
      await frozen;
      // Others take the row for done: nothing of that name is at Fly.
      await settle(platform, survivor);
      await settle(platform, survivor);
      const before = await platform.database.db.query(
        `select 1 from machines where state <> 'retired' and project_id is null`,
      );
      expect(before).toEqual([]);
      owner.calls.intervene(() => 'die_after');
      owner.calls.thaw();
      await filling;
      await owner[Symbol.asyncDispose]();
      await settle(platform, survivor);
      expect(await checkInvariants(platform)).toEqual([]);
    },
  );
});
