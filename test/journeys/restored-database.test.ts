import { afterEach, beforeEach, expect, test } from 'vitest';
import DbAcceptRestore from '../../src/commands/db/accept-restore.js';
import { runCommand } from '../support/commands.js';
import { copyOf, type TestDatabase } from '../support/database.js';
import type { Instance } from '../support/instance.js';
import { listedMachines, listedVolumes } from '../support/invariants.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
});
afterEach(() => platform?.[Symbol.asyncDispose]());

const duties = ['recover', 'observe', 'orphans', 'retire', 'sweep', 'retire'];

/** All that upkeep does, a quarter of an hour apart; answers how it failed. */
async function upkeep(instance: Instance, database: TestDatabase, passes = 3): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (let pass = 0; pass < passes; pass++) {
    for (const duty of duties) await instance.run(duty).catch((error: unknown) => failures.push(error));
    await database.travel('15 minutes');
  }
  return failures;
}

async function idsAtFly(): Promise<string[]> {
  return [...(await listedMachines(platform)), ...(await listedVolumes(platform))].map(({ id }) => id).toSorted();
}

/** Gives up every member of the pool, as an instance of another configuration would. */
async function giveUpMembers(database: TestDatabase): Promise<void> {
  await database.db.query(
    `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'outdated'
      where state = 'ready'`,
  );
}

/** Yesterday's backup, and what the lost timeline did after it: a member was claimed, another was made. */
async function lostTimeline(): Promise<TestDatabase> {
  const before = await platform.controlPlane();
  await before.valet.projects.create({ id: 'from-before' });
  await before.run('replenish');
  await before.run('orphans');
  await before[Symbol.asyncDispose]();
  const backup = await copyOf(platform.database);
  const after = await platform.controlPlane();
  await after.valet.projects.create({ id: 'from-after' });
  await after.run('replenish');
  await after.run('orphans');
  await after[Symbol.asyncDispose]();
  return backup;
}

test('G13: a copy of production’s database that is started as staging is refused at the start', async () => {
  const production = await platform.controlPlane();
  await production[Symbol.asyncDispose]();
  await using copy = await copyOf(platform.database);
  await expect(platform.controlPlane({ VALET_ENVIRONMENT: 'staging' }, copy)).rejects.toMatchObject({
    code: 'environment_mismatch',
  });
});

test('G13: a database restored from yesterday’s backup destroys nothing, whatever its rows say', async () => {
  await using backup = await lostTimeline();
  const there = await idsAtFly();
  const restored = await platform.controlPlane({}, backup);
  await giveUpMembers(backup);
  const failures = await upkeep(restored, backup);
  expect(failures).toEqual(failures.map(() => expect.objectContaining({ code: 'fuse_blown' })));
  expect(failures.length).toBeGreaterThan(0);
  expect(await idsAtFly()).toEqual(there);
  const [stopped] = failures;
  expect(stopped).toMatchObject({ hint: expect.stringContaining('valet db accept-restore') });
});

test('G13: once it is accepted, what it does not know stays in quarantine until an operator has decided', async () => {
  await using backup = await lostTimeline();
  const there = await idsAtFly();
  const env = platform.commandEnv(backup);
  expect(await runCommand(DbAcceptRestore, ['--yes'], { env })).toMatchObject({ exitCode: 0 });
  const restored = await platform.controlPlane({}, backup);
  await giveUpMembers(backup);
  await upkeep(restored, backup);
  expect(await idsAtFly()).toEqual(there);
  const found = (await restored.valet.orphans.list()).orphans;
  expect(found.map(({ reason }) => reason).toSorted()).toEqual(['no_row', 'other_project']);

  await restored.valet.orphans.remove({ ids: found.map(({ id }) => id) });
  expect(await upkeep(restored, backup)).toEqual([]);
  const { machine_id } = await restored.valet.projects.get('from-before');
  expect((await listedMachines(platform)).map(({ id }) => id)).toEqual([machine_id]);
  expect(await restored.valet.projects.archive('from-before')).toMatchObject({ state: 'dormant' });
});

test('G13: a copy at work as a second production stops one of the two at once, and neither destroys what the other made', async () => {
  const first = await platform.controlPlane();
  await first.valet.projects.create({ id: 'shared' });
  await first.run('replenish');
  await first.run('orphans');
  await first[Symbol.asyncDispose]();
  await using copy = await copyOf(platform.database);
  const one = await platform.controlPlane();
  const other = await platform.controlPlane({}, copy);
  await one.valet.projects.create({ id: 'of-the-first' });
  await other.valet.projects.create({ id: 'of-the-second' });
  for (const instance of [one, other]) await instance.run('replenish');
  await giveUpMembers(platform.database);
  await giveUpMembers(copy);
  const ofBoth: unknown[] = [];
  for (let pass = 0; pass < 3; pass++) {
    ofBoth.push(...(await upkeep(one, platform.database, 1)), ...(await upkeep(other, copy, 1)));
  }
  expect(ofBoth.length).toBeGreaterThan(0);
  expect(ofBoth).toEqual(ofBoth.map(() => expect.objectContaining({ code: 'fuse_blown' })));
  for (const instance of [one, other]) {
    await expect(instance.run('orphans')).rejects.toMatchObject({ code: 'fuse_blown' });
  }
  const inUse = await Promise.all(
    [platform.database, copy].map(({ db }) =>
      db.query<{ fly_id: string; volume_id: string }>(
        `select fly_id, volume_id from machines where state = 'assigned'`,
      ),
    ),
  );
  expect(await idsAtFly()).toEqual(
    expect.arrayContaining(inUse.flat().flatMap(({ fly_id, volume_id }) => [fly_id, volume_id])),
  );
});

test('accept-restore shows what it would do and does nothing until it is told', async () => {
  await using backup = await lostTimeline();
  const env = platform.commandEnv(backup);
  expect(await runCommand(DbAcceptRestore, [], { env })).toMatchObject({ exitCode: 2, stdout: '' });
  const shown = await runCommand(DbAcceptRestore, ['--dry-run'], { env });
  expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('The mark is beyond this database') });
  const declined = await runCommand(DbAcceptRestore, [], { env, typed: 'n' });
  expect(declined.stderr).toContain('Accept this database of test? [y/N]');
  expect(declined.stderr).toContain('Nothing was done.');
  expect(await backup.db.query(`select 1 from events where what = 'restore_accepted'`)).toEqual([]);

  const done = await runCommand(DbAcceptRestore, ['--yes', '--json'], { env });
  const plan = JSON.parse(done.stdout) as Record<string, number>;
  expect(plan).toMatchObject({ behind: false, epoch: expect.any(Number) });
  expect(plan.epoch).toBeGreaterThan(1_000_000);
  expect(await backup.db.query(`select epoch from events where what = 'restore_accepted'`)).toEqual([
    { epoch: plan.epoch },
  ]);
  const again = await runCommand(DbAcceptRestore, ['--dry-run'], { env });
  expect(again.stdout).toContain('nothing needs to be accepted');
  const typed = await runCommand(DbAcceptRestore, [], { env, typed: 'y' });
  expect(typed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Epochs go on from') });
});

test('accept-restore of a database that is bound to another environment is refused', async () => {
  const production = await platform.controlPlane();
  await production[Symbol.asyncDispose]();
  const env = { ...platform.commandEnv(platform.database), VALET_ENVIRONMENT: 'staging' };
  expect(await runCommand(DbAcceptRestore, ['--yes'], { env })).toMatchObject({
    exitCode: 78,
    stderr: expect.stringContaining('environment_mismatch'),
  });
});
