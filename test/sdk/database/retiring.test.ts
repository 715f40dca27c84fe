import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { retireStep } from '../../../src/sdk/upkeep/retire-step.js';
import {
  activeProject,
  archivingProject,
  emptied,
  environment,
  keepVolumeSecs,
  machineRow,
  present,
  provisioningMachine,
  readyMachine,
  retiringMachine,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
beforeEach(async () => {
  await emptied(rows);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

async function due() {
  return rows.retiring.due(environment, 100);
}

/** The machine of a project that has just been archived: its volume is kept. */
async function keptMachine(): Promise<string> {
  const { project, guard, proven } = await archivingProject(rows, 'demo');
  await rows.archiving.commit(guard, project, proven, keepVolumeSecs);
  return present(project.machine_id);
}

it('G1: the volume is not marked for deletion before its keep time has passed, nor before the machine is gone', async () => {
  const id = await keptMachine();
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(false);
  await rows.retiring.machineGone(id, 0, 'test');
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(false);
  await rows.database.travel('59 minutes');
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(false);
  expect(await machineRow(rows, id)).toMatchObject({ volume_deleting_at: null });
  await rows.database.travel('2 minutes');
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(true);
});

it('each step that destroys is an event with its cause, its actor and the epoch of the project, once', async () => {
  const id = await keptMachine();
  await rows.database.travel('2 hours');
  for (let times = 0; times < 2; times++) {
    await rows.retiring.machineGone(id, 0, 'retire@a');
    await rows.retiring.markVolumeDeleting(id, 'retire@a');
  }
  await rows.retiring.volumeGone(id, 'retire@a');
  const events = await rows.database.db.query(
    `select e.what, e.why, e.epoch = p.epoch as of_epoch from events e join projects p on p.id = e.project_id
      where e.machine_id = $1 and e.actor = 'retire@a' order by e.id`,
    [id],
  );
  const { volume_id } = await machineRow(rows, id);
  expect(events).toEqual([
    { what: 'machine_gone', why: 'archived', of_epoch: true },
    { what: 'volume_deleting', why: `${volume_id}: archived`, of_epoch: true },
    { what: 'machine_retired', why: 'archived', of_epoch: true },
  ]);
});

it('G1: a machine that a project still uses is neither due nor markable', async () => {
  const project = await activeProject(rows, 'demo');
  const id = present(project.machine_id);
  await rows.database.travel('1 year');
  expect(await due()).toEqual([]);
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(false);
});

it('the mark is one-way: once set, no later keep time takes it back', async () => {
  const id = await retiringMachine(rows);
  await rows.retiring.machineGone(id, 0, 'test');
  await rows.retiring.markVolumeDeleting(id, 'test');
  const { volume_deleting_at: marked } = await machineRow(rows, id);
  await rows.database.db.query(`update machines set keep_volume_until = valet_now() + interval '1 day' where id = $1`, [
    id,
  ]);
  await rows.database.travel('1 minute');
  expect((await due()).map(retireStep)).toEqual(['delete_volume']);
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(true);
  expect((await machineRow(rows, id)).volume_deleting_at).toEqual(marked);
});

it('a volume that nobody keeps is marked only once its machine is gone', async () => {
  const id = await retiringMachine(rows);
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(false);
  await rows.retiring.machineGone(id, 0, 'test');
  expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(true);
});

it('a row is retired only after its machine is gone, and then is never due again', async () => {
  const id = await retiringMachine(rows);
  await rows.retiring.volumeGone(id, 'test');
  expect(await machineRow(rows, id)).toMatchObject({ state: 'retiring' });
  await rows.retiring.machineGone(id, 0, 'test');
  await rows.retiring.volumeGone(id, 'test');
  expect(await machineRow(rows, id)).toMatchObject({ state: 'retired', next_attempt_at: null });
  await rows.database.travel('1 day');
  expect(await due()).toEqual([]);
});

it('the longest due comes first, and what was postponed comes when its time has come', async () => {
  const [first, second, third] = [
    await retiringMachine(rows),
    await retiringMachine(rows),
    await retiringMachine(rows),
  ];
  await rows.retiring.postpone(present(first), 60, 'Fly answered 503');
  expect((await due()).map((row) => row.id)).toEqual([second, third]);
  expect(await rows.retiring.due(environment, 1)).toHaveLength(1);
  expect(await rows.retiring.due('another', 100)).toEqual([]);
  await rows.database.travel('61 seconds');
  expect((await due()).map((row) => row.id)).toEqual([second, third, first]);
  expect((await due()).at(-1)).toMatchObject({ attempts: 1, last_error: 'Fly answered 503' });
});

it('tells in how many seconds the next step is due, of this environment’s machines', async () => {
  expect(await rows.retiring.nextDueSecs(environment)).toBeNull();
  const [soon, later] = [await retiringMachine(rows), await retiringMachine(rows)];
  await rows.retiring.postpone(soon, 60, null);
  await rows.retiring.postpone(later, 600, null);
  const secs = present(await rows.retiring.nextDueSecs(environment));
  expect(secs).toBeGreaterThan(50);
  expect(secs).toBeLessThanOrEqual(60);
  expect(await rows.retiring.nextDueSecs('another')).toBeNull();
});

it('news of a machine that is gone counts once', async () => {
  const id = await retiringMachine(rows);
  await rows.retiring.machineGone(id, 0, 'test');
  const before = await machineRow(rows, id);
  await rows.retiring.machineGone(id, 60, 'test');
  expect(await machineRow(rows, id)).toEqual(before);
});

it('G4: a machine or volume that turns up after its row was taken for done makes the row retire again', async () => {
  const id = await provisioningMachine(rows);
  await rows.retiring.giveUpProvisioning(id, 'test', 'its owner was paused');
  await rows.retiring.machineGone(id, 0, 'test');
  await rows.retiring.volumeGone(id, 'test');
  await rows.retiring.foundVolume(id, 'vol_late');
  await rows.retiring.foundMachine(id, 'fly-late');
  expect(await due()).toMatchObject([{ id, fly_id: 'fly-late', volume_id: 'vol_late', machine_gone: false }]);
  await rows.retiring.machineGone(id, 0, 'test');
  expect((await due()).map(retireStep)).toEqual(['delete_volume']);
  await rows.retiring.volumeGone(id, 'test');
  expect(await machineRow(rows, id)).toMatchObject({ state: 'retired' });
});

it('an id that the row knows is never replaced by another', async () => {
  const id = await retiringMachine(rows);
  const before = await machineRow(rows, id);
  await rows.retiring.foundMachine(id, 'fly-other');
  await rows.retiring.foundVolume(id, 'vol-other');
  expect(await machineRow(rows, id)).toEqual(before);
});

it('G4: provisioning rows whose owner fell silent are given up, each by one of two at once', async () => {
  for (let round = 0; round < 10; round++) {
    const abandoned = [
      await provisioningMachine(rows),
      await provisioningMachine(rows),
      await provisioningMachine(rows),
    ];
    await rows.database.travel('16 seconds');
    const alive = await provisioningMachine(rows);
    const ready = await readyMachine(rows);
    const passes = await Promise.all(['a', 'b'].map((actor) => rows.retiring.giveUpAbandoned(environment, actor, 20)));
    expect(passes.flat().toSorted()).toEqual(abandoned.toSorted());
    expect(await machineRow(rows, alive)).toMatchObject({ state: 'provisioning' });
    expect(await machineRow(rows, ready)).toMatchObject({ state: 'ready' });
    await rows.retiring.giveUpProvisioning(alive, 'test', 'end of the round');
  }
});

it('G4: a provisioning owner that renews is left alone, and the other environment’s rows are too', async () => {
  const id = await provisioningMachine(rows);
  await rows.database.travel('14 seconds');
  expect(await rows.machines.renewProvisioning(id)).toBe(true);
  await rows.database.travel('14 seconds');
  expect(await rows.retiring.giveUpAbandoned(environment, 'test', 20)).toEqual([]);
  await rows.database.travel('2 seconds');
  expect(await rows.retiring.giveUpAbandoned('another', 'test', 20)).toEqual([]);
  expect(await rows.retiring.giveUpAbandoned(environment, 'test', 20)).toEqual([id]);
});
