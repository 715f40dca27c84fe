import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeletingTable } from '../../../src/sdk/database/deleting.js';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  dormantProject,
  everything,
  guardOf,
  keepVolumeSecs,
  kind,
  machineRow,
  newMachineRow,
  present,
  readyMachine,
  region,
  seen,
  type TestRows,
  testRows,
  wakingProject,
} from '../../support/rows.js';

let rows: TestRows;
let deleting: DeletingTable;
beforeAll(async () => {
  rows = await testRows();
  deleting = new DeletingTable(rows.database.db);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const actor = 'operator@instance-a';
const remove = (id: string) => deleting.delete(id, keepVolumeSecs, actor);

async function lostProject(id: string) {
  await dormantProject(rows, id);
  await rows.database.db.query(`update projects set state = 'lost' where id = $1`, [id]);
}

const beginnings: readonly [string, (id: string) => Promise<unknown>][] = [
  ['creating', (id) => creatingProject(rows, id)],
  ['active', (id) => activeProject(rows, id)],
  ['archiving', (id) => archivingProject(rows, id)],
  ['dormant', (id) => dormantProject(rows, id)],
  ['waking', (id) => wakingProject(rows, id)],
  ['lost', lostProject],
];

it.each(beginnings)(
  'a project that is %s is deleted in one step: nothing of its work goes on',
  async (state, begin) => {
    const id = `was-${state}`;
    await begin(id);
    const before = await seen(rows, id);
    expect(await remove(id)).toBe(true);
    const after = await seen(rows, id);
    expect(after).toMatchObject({
      state: 'deleted',
      machine_id: null,
      current_archive_id: null,
      transition_from: null,
      transition_owner: null,
      wake_requested_at: null,
    });
    expect(after.epoch).toBeGreaterThan(before.epoch);
    const [event] = await rows.database.db.query('select * from events where project_id = $1 and what = $2', [
      id,
      'deleted',
    ]);
    expect(event).toMatchObject({ actor, epoch: after.epoch, machine_id: before.machine_id, why: `it was ${state}` });
  },
);

it('its machines retire, those being made too, and their volumes are kept for a while', async () => {
  const project = await wakingProject(rows, 'with-machines');
  const assigned = await claimed(rows, project);
  const coming = present(await rows.machines.insertForProject(guardOf(project), newMachineRow()));
  await remove('with-machines');
  for (const { id } of [assigned, coming]) {
    const row = await machineRow(rows, id);
    expect(row).toMatchObject({ state: 'retiring', retire_cause: 'deleted' });
    expect(row.keep_volume_until).not.toBeNull();
  }
});

it('G12: the deploy key goes with the project', async () => {
  await activeProject(rows, 'with-key');
  await remove('with-key');
  expect((await seen(rows, 'with-key')).deploy_key_sealed).toBe('');
});

it('deleting twice is deleting once', async () => {
  await activeProject(rows, 'twice');
  await remove('twice');
  const before = await everything(rows);
  expect(await remove('twice')).toBe(false);
  expect(await remove('never-was')).toBe(false);
  expect(await everything(rows)).toEqual(before);
});

it('its id is not given out again', async () => {
  await activeProject(rows, 'spent');
  await remove('spent');
  await expect(creatingProject(rows, 'spent')).rejects.toThrow('taken');
});

it('G4: of a delete and a claim at the same time neither leaves a machine behind', async () => {
  for (let round = 0; round < 20; round++) {
    const project = await wakingProject(rows, `claimed-${round}`);
    await readyMachine(rows);
    await Promise.all([remove(project.id), rows.warmPool.claim(guardOf(project), kind, region)]);
    const kept = await rows.database.db.query(
      `select id from machines where project_id = $1 and state in ('assigned', 'provisioning')`,
      [project.id],
    );
    expect(kept).toEqual([]);
  }
});
