import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeletingTable } from '../../../src/sdk/database/deleting.js';
import { HoldTable } from '../../../src/sdk/database/holds.js';
import { archivedAgain } from '../../support/archives.js';
import {
  activeProject,
  archivingProject,
  eventsOf,
  everything,
  keepVolumeSecs,
  seen,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
let holds: HoldTable;
beforeAll(async () => {
  rows = await testRows();
  holds = new HoldTable(rows.database.db);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const actor = 'operator@instance-a';

it('a held project is not archived until the hold ends by itself', async () => {
  await activeProject(rows, 'held');
  await holds.hold('held', 3600, actor);
  expect((await seen(rows, 'held')).held).toBe(true);
  await expect(archivedAgain(rows, 'held')).rejects.toThrow();
  await rows.database.travel('1 hour');
  expect((await seen(rows, 'held')).held).toBe(false);
  await archivedAgain(rows, 'held');
});

it('a hold that comes while the project is being archived refuses the commit', async () => {
  const { project, guard, proven } = await archivingProject(rows, 'late');
  expect(await holds.hold('late', 60, actor)).toBe(true);
  expect(await rows.archiving.commit(guard, project, proven, keepVolumeSecs)).toBe(false);
});

it('a hold and its end are events with actor and epoch; ending none is no event', async () => {
  const { epoch } = await activeProject(rows, 'noted');
  await holds.hold('noted', 60, actor);
  expect(await holds.release('noted', actor)).toBe(true);
  expect(await holds.release('noted', actor)).toBe(true);
  expect((await eventsOf(rows, 'noted')).slice(-2)).toEqual(['held', 'hold_ended']);
  const events = await rows.database.db.query(
    `select actor, epoch, why from events where what = 'held' and project_id = 'noted'`,
  );
  expect(events).toEqual([{ actor, epoch, why: expect.stringMatching(/^until \d{4}-\d\d-\d\dT[\d:]{8}Z$/) }]);
});

it('a later hold takes the place of an earlier one', async () => {
  await activeProject(rows, 'shorter');
  await holds.hold('shorter', 7200, actor);
  await holds.hold('shorter', 60, actor);
  await rows.database.travel('2 minutes');
  expect((await seen(rows, 'shorter')).held).toBe(false);
});

it('what is deleted, or never was, is not held', async () => {
  await activeProject(rows, 'gone');
  await new DeletingTable(rows.database.db).delete('gone', 0, actor);
  const before = await everything(rows);
  for (const id of ['gone', 'never-was']) {
    expect(await holds.hold(id, 60, actor)).toBe(false);
    expect(await holds.release(id, actor)).toBe(false);
  }
  expect(await everything(rows)).toEqual(before);
});
