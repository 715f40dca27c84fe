import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedVolumes } from '../support/invariants.js';
import { aboutToBeRebuilt, rebuild } from '../support/rebuilding.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';
import { destroyMachine, machineOfProject } from '../support/vanish.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Awake when a test begins, and its own. */
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, two);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  platform.fly.faults.clear();
  for (const { calls } of [one, two]) calls.intervene(() => undefined);
  number += 1;
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
});

async function lastReason(what: string): Promise<string> {
  const [event] = await platform.database.db.query<{ why: string | null }>(
    'select why from events where what = $1 and project_id = $2 order by id desc limit 1',
    [what, sleeper.id],
  );
  return event?.why ?? '';
}

test('G1: a project whose machine is gone comes up on a new machine with the volume of the old one', async () => {
  const before = await machineOfProject(platform, sleeper.id);
  const used = (await sleeper.row()).last_active_at;
  await aboutToBeRebuilt(platform, one, sleeper);
  await rebuild(one, sleeper);
  const after = await machineOfProject(platform, sleeper.id);
  expect(after.fly_id).not.toBe(before.fly_id);
  expect(after.volume_id).toBe(before.volume_id);
  await sleeper.expectData();
  // G11: nobody has used it.
  expect((await sleeper.row()).last_active_at).toEqual(used);
  await settle(platform, one);
  expect(await checkInvariants(platform)).toEqual([]);
  expect((await listedVolumes(platform)).map(({ id }) => id)).toContain(before.volume_id);
});

test('G5: who asks for it meanwhile waits and is then served', async () => {
  await aboutToBeRebuilt(platform, one, sleeper);
  const frozen = one.calls.freezeBefore((call) => call.endsWith('/internal/configure'));
  const rebuilding = rebuild(one, sleeper);
  await frozen;
  const asking = two.serving.waker.awake(parseProjectId(sleeper.id), { timeoutMs: 20_000 });
  one.calls.thaw();
  const view = await asking;
  await rebuilding;
  expect(view.machine?.flyId).toBe((await machineOfProject(platform, sleeper.id)).fly_id);
});

test('G2: two instances that look at once rebuild it once', async () => {
  await aboutToBeRebuilt(platform, one, sleeper);
  await Promise.all([rebuild(one, sleeper), rebuild(two, sleeper)]);
  expect((await sleeper.events()).filter((what) => what === 'rebuild_begun')).toHaveLength(1);
  await sleeper.expectData();
});

test('a request that came back from a dead machine can have it looked at', async () => {
  await destroyMachine(platform, (await machineOfProject(platform, sleeper.id)).fly_id);
  const look = () => one.serving.observe(parseProjectId(sleeper.id), AbortSignal.timeout(5_000));
  await platform.database.travel('6 minutes');
  expect(await look()).toEqual({ kind: 'missing' });
  await platform.database.travel('6 minutes');
  expect(await look()).toEqual({ kind: 'rebuilding' });
  await expect.poll(async () => (await sleeper.row()).epoch).toBeGreaterThan(0);
  await two.serving.waker.awake(parseProjectId(sleeper.id), { timeoutMs: 20_000 });
  await expect
    .poll(
      () =>
        sleeper.expectData().then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
});

test('a volume that Fly has not let go of yet is waited for', async () => {
  await aboutToBeRebuilt(platform, one, sleeper);
  const { fly_id } = await machineOfProject(platform, sleeper.id);
  platform.fly.faults.add({
    call: 'create_machine',
    kind: 'refuse',
    status: 412,
    error: `failed_precondition: volume already claimed by machine ${fly_id}`,
    times: 2,
  });
  await rebuild(one, sleeper);
  await sleeper.expectData();
  expect((await sleeper.events()).filter((what) => what === 'rebuild_begun')).toHaveLength(1);
});

test('G10: if Fly was wrong and the machine is there, it keeps its volume and goes on serving', async () => {
  const before = await machineOfProject(platform, sleeper.id);
  await platform.database.travel('6 minutes');
  const forgotten = platform.fly.faults.add({ call: '*', kind: 'forget', target: before.fly_id, times: Infinity });
  await one.run('observe');
  await platform.database.travel('6 minutes');
  // Fly knows it again in the very moment in which a new machine is ordered on its volume.
  one.calls.intervene((call) => {
    if (call === 'fly: POST /machines') forgotten.remove();
    return undefined;
  });
  await rebuild(one, sleeper);
  expect(await machineOfProject(platform, sleeper.id)).toEqual(before);
  expect((await sleeper.events()).slice(-2)).toEqual(['machine_given_up', 'rebuild_put_back']);
  expect(await lastReason('rebuild_put_back')).toContain('there after all');
  await sleeper.expectData();
});

test('a host without room is tried again, and an operator is told of the archive that could take its place', async () => {
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  const { current_archive_id } = await sleeper.row();
  await aboutToBeRebuilt(platform, one, sleeper);
  platform.fly.faults.add({
    call: 'create_machine',
    kind: 'refuse',
    status: 412,
    error: "insufficient resources to create new machine with existing volume id 'vol'",
    bodyStatus: 'volume_placement_capacity',
    times: 1,
  });
  await rebuild(one, sleeper);
  expect(await sleeper.row()).toMatchObject({ state: 'active', wake_failures: 1, current_archive_id });
  const why = await lastReason('rebuild_put_back');
  expect(why).toContain('no room');
  expect(why).toContain(String(current_archive_id));
  // Whoever runs the task logs what it throws.
  await expect(one.run('observe')).rejects.toThrow('no room');
  await platform.database.travel('1 minute');
  await rebuild(one, sleeper);
  await sleeper.expectData();
});

test('G1: a volume on which the project is not to be found is not taken for it', async () => {
  const { volume_id, id } = await machineOfProject(platform, sleeper.id);
  await aboutToBeRebuilt(platform, one, sleeper);
  const { body } = await callFly(platform.fly, 'POST', '/volumes', { name: 'empty', region: 'sjc', size_gb: 1 });
  const { id: empty } = body as { id: string };
  await platform.database.db.query('update machines set volume_id = $2 where id = $1', [id, empty]);
  await rebuild(one, sleeper);
  expect(await sleeper.row()).toMatchObject({ state: 'active', machine_id: id, wake_failures: 1 });
  expect(await lastReason('rebuild_put_back')).toContain('it holds no project');
  await platform.database.db.query('update machines set volume_id = $2 where id = $1', [id, volume_id]);
  await settle(platform, one);
  await sleeper.expectData();
  await callFly(platform.fly, 'DELETE', `/volumes/${empty}`);
});

test('a volume that Fly moved before the machine was lost is found by its name', async () => {
  const before = await machineOfProject(platform, sleeper.id);
  platform.fly.migrate(before.fly_id);
  await callFly(platform.fly, 'GET', `/machines/${before.fly_id}/wait?state=started&timeout=10`);
  await expect.poll(async () => (await listedVolumes(platform)).map(({ id }) => id)).not.toContain(before.volume_id);
  await aboutToBeRebuilt(platform, one, sleeper);
  await platform.database.db.query('update machines set volume_id = $2 where id = $1', [before.id, before.volume_id]);
  await rebuild(one, sleeper);
  expect((await sleeper.events()).includes('volume_migrated')).toBe(true);
  await sleeper.expectData();
});

test('G6: an owner that comes back after another has rebuilt the project changes nothing', async () => {
  await aboutToBeRebuilt(platform, one, sleeper);
  const frozen = one.calls.freezeBefore((call) => call.endsWith('/internal/configure'));
  const late = rebuild(one, sleeper).catch(() => undefined);
  await frozen;
  await platform.database.travel('1 minute');
  await settle(platform, two);
  await platform.visit(sleeper.id, '/kv/new', { method: 'PUT', body: 'written since' });
  const before = await sleeper.row();
  one.calls.thaw();
  await late;
  await settle(platform, two);
  expect(await sleeper.row()).toEqual(before);
  expect(await (await platform.visit(sleeper.id, '/kv/new')).text()).toBe('written since');
  await sleeper.expectData();
});

test('a project in a passing state is left to its owner', async () => {
  const { fly_id } = await machineOfProject(platform, sleeper.id);
  const frozen = one.calls.freezeBefore((call) => call.endsWith('/internal/archive-to-r2'));
  const archiving = one.valet.projects.archive(sleeper.id).catch(() => undefined);
  await frozen;
  await destroyMachine(platform, fly_id);
  for (let looks = 0; looks < 3; looks++) {
    await platform.database.travel('6 minutes');
    await two.run('observe');
  }
  expect((await sleeper.row()).state).toBe('archiving');
  one.calls.thaw();
  await archiving;
  await settle(platform, two);
  await sleeper.expectData();
});
