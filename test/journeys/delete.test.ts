import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce, repeatEachStep } from '../support/repeat.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Awake and used when a test begins. */
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

async function another(): Promise<void> {
  number += 1;
  sleeper = await new Sleeper(platform, two, `sleeper-${number}`).create();
}

/** Nothing of it runs, nothing is under way, and its id leads nowhere. */
async function expectNothingLeft(): Promise<void> {
  await settle(platform, two);
  expect(await checkInvariants(platform)).toEqual([]);
  expect(await two.valet.projects.get(sleeper.id)).toMatchObject({ state: 'deleted', machine_id: null, archive: null });
  const machines = await platform.database.db.query(
    `select id from machines where project_id = $1 and state <> 'retired'`,
    [sleeper.id],
  );
  expect(machines).toEqual([]);
}

describe('a project that is deleted', () => {
  beforeEach(another);

  test('is gone for everybody: requests, wakes, archives and creates', async () => {
    expect(await one.valet.projects.delete(sleeper.id)).toMatchObject({ state: 'deleted' });
    const deleted = { code: 'project_deleted' };
    await expect(two.valet.projects.wake(sleeper.id)).rejects.toMatchObject(deleted);
    await expect(two.valet.projects.archive(sleeper.id)).rejects.toMatchObject(deleted);
    await expect(two.valet.projects.restore(sleeper.id)).rejects.toMatchObject(deleted);
    await expect(two.valet.projects.hold(sleeper.id, { for_secs: 60 })).rejects.toMatchObject(deleted);
    await expect(two.valet.projects.create({ id: sleeper.id })).rejects.toMatchObject({ code: 'project_id_taken' });
    expect(await two.valet.route(sleeper.id)).toMatchObject({ decision: 'not_found' });
    await expectNothingLeft();
  });

  test('twice is deleted once; one that never was is not found', async () => {
    const first = await one.valet.projects.delete(sleeper.id);
    expect(await two.valet.projects.delete(sleeper.id)).toEqual(first);
    await expect(one.valet.projects.delete('never-was')).rejects.toMatchObject({ code: 'project_not_found' });
  });

  test('G12: does not give its deploy key away again, not to the request that made it either', async () => {
    const options = { idempotencyKey: `key-${number}` };
    const made = await one.valet.projects.create({ id: `keyed-${number}` }, options);
    await one.valet.projects.delete(made.id);
    await expect(one.valet.projects.create({ id: made.id }, options)).rejects.toMatchObject({
      code: 'project_deleted',
    });
  });

  test('while it is being archived ends the archive with that reason', async () => {
    one.calls.intervene(async (call) => {
      if (call === 'store: HEAD') await two.valet.projects.delete(sleeper.id);
      return undefined;
    });
    await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'project_deleted' });
    one.calls.intervene(() => undefined);
    await expectNothingLeft();
  });

  test('G4: while a machine is being made for it leaves none behind, and tells who waits', async () => {
    await one.valet.projects.archive(sleeper.id);
    one.calls.intervene(async (call) => {
      if (call === 'fly: POST /machines') await two.valet.projects.delete(sleeper.id);
      return undefined;
    });
    await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'project_deleted' });
    one.calls.intervene(() => undefined);
    await expectNothingLeft();
  });

  test('while it is being created ends the creation, and leaves nothing behind', async () => {
    const id = `unborn-${number}`;
    one.calls.intervene(async (call) => {
      if (call === 'fly: POST /machines') await two.valet.projects.delete(id);
      return undefined;
    });
    await expect(one.valet.projects.create({ id })).rejects.toThrow();
    one.calls.intervene(() => undefined);
    expect(await two.valet.projects.get(id)).toMatchObject({ state: 'deleted' });
    await settle(platform, two);
    expect(await checkInvariants(platform)).toEqual([]);
  });

  test('G1: keeps its volume for VOLUME_KEEP_HOURS', async () => {
    const keeper = await platform.controlPlane({ VOLUME_KEEP_HOURS: '48' });
    await keeper.valet.projects.delete(sleeper.id);
    await settle(platform, two);
    const volume = async () => {
      const [row] = await platform.database.db.query<{ gone: boolean; cause: string }>(
        `select volume_gone_at is not null as gone, retire_cause as cause from machines where project_id = $1`,
        [sleeper.id],
      );
      return row;
    };
    expect(await volume()).toEqual({ gone: false, cause: 'deleted' });
    await platform.database.travel('48 hours');
    await settle(platform, two);
    expect(await volume()).toEqual({ gone: true, cause: 'deleted' });
  });
});

describe('G4, G7: deleting', { timeout: 60_000 }, () => {
  const deleting = (): Journey => ({
    platform,
    survivor: two,
    prepare: another,
    work: (instance) => instance.valet.projects.delete(sleeper.id),
    check: async () => {
      // Asked again, as whoever got no answer does.
      await two.valet.projects.delete(sleeper.id);
      await expectNothingLeft();
    },
  });

  const effects = ['database: begin #1', 'database: deleted #1', 'database: commit #1'];

  test.each(interruptions)('that is %s at any step leaves a project whole or gone', async (interruption) => {
    expect(await interruptAtEach(deleting(), interruption)).toEqual(effects);
  });

  test('of which any step happens twice, or that is asked for twice at once, happens once', async () => {
    await repeatEachStep(deleting());
    await askTwiceAtOnce(deleting());
    expect((await sleeper.events()).filter((what) => what === 'deleted')).toHaveLength(1);
  });
});
