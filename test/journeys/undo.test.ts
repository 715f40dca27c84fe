import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedVolumes } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';
import { machineOfProject } from '../support/vanish.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Asleep when a test begins, and its own. */
let sleeper: Sleeper;
let volumeId: string;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform({ env: { VOLUME_KEEP_HOURS: '48' } });
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
  volumeId = (await machineOfProject(platform, sleeper.id)).volume_id;
  await sleeper.fallAsleep();
});

test('an archive is undone on the volume that it left behind, and stays', async () => {
  const { current_archive_id } = await sleeper.row();
  expect(await one.valet.projects.undo(sleeper.id)).toMatchObject({ id: sleeper.id, state: 'active' });
  expect(one.told.wakes.at(-1)).toMatchObject({ kind: 'on_volume', outcome: 'ok' });
  expect((await machineOfProject(platform, sleeper.id)).volume_id).toBe(volumeId);
  expect((await sleeper.row()).current_archive_id).toBe(current_archive_id);
  await sleeper.expectData();
  await platform.visit(sleeper.id, '/kv/new', { method: 'PUT', body: 'written since' });
  await platform.database.travel('3 days');
  await settle(platform, one);
  expect((await listedVolumes(platform)).map(({ id }) => id)).toContain(volumeId);
  expect(await (await platform.visit(sleeper.id, '/kv/new')).text()).toBe('written since');
});

test('it can be archived and undone again', async () => {
  await one.valet.projects.undo(sleeper.id);
  await platform.visit(sleeper.id, '/kv/new', { method: 'PUT', body: 'written since' });
  await one.valet.projects.archive(sleeper.id);
  await two.valet.projects.undo(sleeper.id);
  expect(await (await platform.visit(sleeper.id, '/kv/new')).text()).toBe('written since');
  expect((await machineOfProject(platform, sleeper.id)).volume_id).toBe(volumeId);
});

test('a volume whose keep time is over is not undone to, and its archive is named', async () => {
  await platform.database.travel('49 hours');
  await expect(one.valet.projects.undo(sleeper.id)).rejects.toMatchObject({
    code: 'transition_refused',
    hint: expect.stringContaining(String((await sleeper.row()).current_archive_id)),
  });
  await sleeper.wakeUp();
  await sleeper.expectData();
});

test('what is awake already has no archive to undo', async () => {
  await sleeper.wakeUp();
  await expect(one.valet.projects.undo(sleeper.id)).rejects.toMatchObject({ code: 'transition_refused' });
  await expect(one.valet.projects.undo('nobody')).rejects.toMatchObject({ code: 'project_not_found' });
});

test('G2: two who undo it at once have it undone once', async () => {
  const both = await Promise.all([one, two].map(({ valet }) => valet.projects.undo(sleeper.id)));
  expect(both.map(({ state }) => state)).toEqual(['active', 'active']);
  expect((await sleeper.events()).filter((what) => what === 'undo_begun')).toHaveLength(1);
  await sleeper.expectData();
});

test('G2: of an undo and a wake at once one wins, and the other follows', async () => {
  const [undone, woken] = await Promise.all([one.valet.projects.undo(sleeper.id), two.valet.projects.wake(sleeper.id)]);
  expect([undone.state, woken.state]).toEqual(['active', 'active']);
  const begun = (await sleeper.events()).filter((what) => what === 'undo_begun' || what === 'wake_begun');
  expect(begun).toHaveLength(1);
  await sleeper.expectData();
});

test('G1: an undo that fails leaves it asleep, with archive and volume', async () => {
  platform.fly.faults.add({ call: 'create_machine', kind: 'refuse', status: 403, error: 'no', times: 1 });
  await expect(one.valet.projects.undo(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
  expect(await sleeper.row()).toMatchObject({ state: 'dormant', wake_failures: 0, wake_retry_secs: null });
  await settle(platform, two);
  await one.valet.projects.undo(sleeper.id);
  await sleeper.expectData();
});

test('G1: a volume that holds less than its archive is not undone to', async () => {
  const { body } = await callFly(platform.fly, 'POST', '/volumes', { name: 'empty', region: 'sjc', size_gb: 1 });
  const { id: empty } = body as { id: string };
  await platform.database.db.query('update machines set volume_id = $2 where volume_id = $1', [volumeId, empty]);
  await expect(one.valet.projects.undo(sleeper.id)).rejects.toThrow('is not as it was');
  await platform.database.db.query('update machines set volume_id = $2 where volume_id = $1', [empty, volumeId]);
  expect((await sleeper.row()).state).toBe('dormant');
  await settle(platform, two);
  await callFly(platform.fly, 'DELETE', `/volumes/${empty}`);
  await sleeper.wakeUp();
  await sleeper.expectData();
});

test('G1, G6: an owner that was paused before the last step does not take a volume that is being deleted', async () => {
  const frozen = one.calls.freezeBefore((call) => call === 'database: volume_moved');
  const late = one.valet.projects.undo(sleeper.id).catch((error: unknown) => error);
  await frozen;
  // The pause is longer than all keep times: others put it back and delete the volume.
  await platform.database.travel('3 days');
  await settle(platform, two);
  one.calls.thaw();
  expect(await late).toMatchObject({ code: 'transition_refused' });
  expect((await sleeper.row()).state).toBe('dormant');
  await sleeper.wakeUp();
  await sleeper.expectData();
});
