import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  dormantProject,
  present,
  readyMachine,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
  await creatingProject(rows, 'creating');
  await activeProject(rows, 'active');
  await archivingProject(rows, 'archiving');
  await dormantProject(rows, 'dormant');
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const owned = 'passing_states_have_an_owner_and_a_deadline';
const hasMachine = 'a_project_in_use_has_a_machine';
const asleep = 'a_dormant_project_has_an_archive_and_no_machine';

describe('the database itself refuses', () => {
  it.each([
    ['a passing state without an owner', 'creating', 'transition_owner = null', owned],
    ['a passing state without a deadline', 'archiving', 'transition_deadline = null', owned],
    ['a resting state that begins to pass without an owner', 'active', `state = 'archiving'`, owned],
    ['an active project without a machine', 'active', 'machine_id = null', hasMachine],
    ['an archiving project without a machine', 'archiving', 'machine_id = null', hasMachine],
    ['a dormant project without an archive', 'dormant', 'current_archive_id = null', asleep],
    ['a dormant project with a machine', 'dormant', `machine_id = 'some'`, asleep],
    ['a state that the lifecycle does not know', 'active', `state = 'suspended'`, 'projects_state_check'],
    ['an id that is no DNS label', 'active', `id = 'No Label'`, 'projects_id_check'],
  ])('%s', async (_, id, assignment, constraint) => {
    const update = rows.database.db.query(`update projects set ${assignment} where id = $1`, [id]);
    await expect(update).rejects.toMatchObject({ code: '23514', constraint });
  });

  it('G2: a second assigned machine for one project', async () => {
    const project = await creatingProject(rows, 'greedy');
    await claimed(rows, project);
    const second = await readyMachine(rows);
    const assign = `update machines set state = 'assigned', project_id = 'greedy' where id = $1`;
    await expect(rows.database.db.query(assign, [second])).rejects.toMatchObject({
      constraint: 'one_assigned_machine_per_project',
    });
  });

  it('G3: a ready machine that belongs to somebody', async () => {
    const active = await activeProject(rows, 'somebody');
    const free = `update machines set state = 'ready' where id = $1`;
    await expect(rows.database.db.query(free, [present(active.machine_id)])).rejects.toMatchObject({
      constraint: 'a_claimed_machine_never_returns_to_the_pool',
    });
  });

  it('G1: a proven archive of which nobody knows the checksum', async () => {
    const prove = `update archives set proven_at = valet_now() where project_id = 'archiving'`;
    await expect(rows.database.db.query(prove)).rejects.toMatchObject({ constraint: 'a_proven_archive_is_described' });
  });
});
