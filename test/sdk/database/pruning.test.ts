import { afterAll, beforeEach, expect, it } from 'vitest';
import { DeletingTable } from '../../../src/sdk/database/deleting.js';
import { type PrunableArchive, PruningTable } from '../../../src/sdk/database/pruning.js';
import { RestoringTable } from '../../../src/sdk/database/restoring.js';
import { archivedAgain, archiveRow } from '../../support/archives.js';
import {
  activeProject,
  archivingProject,
  claimed,
  emptied,
  everything,
  guardOf,
  owner,
  present,
  seen,
  type TestRows,
  testRows,
} from '../../support/rows.js';

const rows: TestRows = await testRows();
const pruning = new PruningTable(rows.database.db);
const restoring = new RestoringTable(rows.database.db);
const retention = { kept: 2, deletedProjectSecs: 30.5 * 86_400 };
const actor = 'prune@instance-a';

beforeEach(() => emptied(rows));
afterAll(() => rows[Symbol.asyncDispose]());

async function wakeUp(id: string): Promise<void> {
  const waking = present(await rows.waking.beginWake(await seen(rows, id), owner, owner));
  const machine = await claimed(rows, waking);
  await rows.projects.activate(guardOf(waking), machine.id);
}

/** Asleep, with so many archives; the oldest first. */
async function archived(id: string, times: number): Promise<string[]> {
  await activeProject(rows, id);
  const archives = [await archivedAgain(rows, id)];
  while (archives.length < times) {
    await wakeUp(id);
    archives.push(await archivedAgain(rows, id));
  }
  return archives;
}

async function needless(): Promise<string[]> {
  return (await pruning.needless(retention, 100)).map(({ id }) => id);
}

async function candidate(id: string): Promise<PrunableArchive> {
  return present((await pruning.needless(retention, 100)).find((each) => each.id === id));
}

it('what is beyond the newest kept ones goes, the oldest first', async () => {
  const [first, second] = await archived('demo', 4);
  await archived('other', 2);
  expect(await needless()).toEqual([first, second]);
});

it('the current archive stays, however old it is', async () => {
  const [first = '', second] = await archived('demo', 4);
  await restoring.chooseArchive(await seen(rows, 'demo'), first, 'operator');
  expect(await needless()).toEqual([second]);
});

it('an attempt that was given up goes after a day; one that is under way does not, whatever the clock says', async () => {
  const { guard, proven } = await archivingProject(rows, 'demo');
  await rows.database.travel('25 hours');
  expect(await needless()).toEqual([]);
  await rows.archiving.beginCancel(guard, 'for the test');
  expect(await needless()).toEqual([proven.id]);
  const later = await archivingProject(rows, 'later');
  await rows.archiving.beginCancel(later.guard, 'for the test');
  expect(await needless()).not.toContain(later.proven.id);
});

it('archives outlive their deleted project for the days that were set, be it a part of one, the current one too', async () => {
  const archives = await archived('demo', 2);
  await new DeletingTable(rows.database.db).delete('demo', 0, 'operator');
  await rows.database.travel('30 days');
  expect(await needless()).toEqual([]);
  await rows.database.travel('13 hours');
  expect((await needless()).toSorted()).toEqual(archives.toSorted());
});

it('the mark and the end of an archive are events with actor, epoch and why', async () => {
  const [first = ''] = await archived('demo', 3);
  expect(await pruning.markDeleting(await candidate(first), retention, actor)).toBe(true);
  await pruning.deleted(first, actor);
  await pruning.deleted(first, actor);
  const events = await rows.database.db.query(
    `select what, actor, why, epoch is not null as has_epoch from events where what like 'archive\\_%' and actor = $1 order by id`,
    [actor],
  );
  expect(events).toEqual([
    { what: 'archive_given_up', actor, why: `archive ${first}: newer ones are kept`, has_epoch: true },
    { what: 'archive_deleted', actor, why: `archive ${first}`, has_epoch: true },
  ]);
  expect(await archiveRow(rows, first)).toMatchObject({ deleted_at: expect.any(Date) });
  expect(await pruning.unfinished(10)).toEqual([]);
});

it('a mark is set once, and what was marked and not finished is found again', async () => {
  const [first = ''] = await archived('demo', 3);
  const archive = await candidate(first);
  expect(await pruning.markDeleting(archive, retention, actor)).toBe(true);
  const before = await everything(rows);
  expect(await pruning.markDeleting(archive, retention, actor)).toBe(false);
  expect(await everything(rows)).toEqual(before);
  expect((await pruning.unfinished(10)).map(({ id }) => id)).toEqual([first]);
  expect(await needless()).toEqual([]);
});

it('G1: an archive that is needed by now is not marked', async () => {
  const [first = ''] = await archived('demo', 3);
  const archive = await candidate(first);
  await restoring.chooseArchive(await seen(rows, 'demo'), first, 'operator');
  const before = await everything(rows);
  expect(await pruning.markDeleting(archive, retention, actor)).toBe(false);
  expect(await everything(rows)).toEqual(before);
});

it('G1: a marked archive never becomes current, nor does a stranger’s or one that was never proven', async () => {
  const [first = ''] = await archived('demo', 3);
  const [strangers = ''] = await archived('stranger', 1);
  const unproven = await archivingProject(rows, 'unproven');
  await pruning.markDeleting(await candidate(first), retention, actor);
  const demo = await seen(rows, 'demo');
  const before = await everything(rows);
  for (const id of [first, strangers, unproven.proven.id, 'never-was']) {
    expect(await restoring.chooseArchive(demo, id, 'operator')).toBeUndefined();
  }
  expect(await everything(rows)).toEqual(before);
});

it('G1: of a restore and a deletion of the same archive at the same time exactly one wins', async () => {
  let restored = 0;
  for (let round = 0; round < 25; round++) {
    const id = `race-${round}`;
    const [first = ''] = await archived(id, 3);
    const [project, archive] = [await seen(rows, id), await candidate(first)];
    const race = [
      () => pruning.markDeleting(archive, retention, actor),
      () => restoring.chooseArchive(project, first, 'operator').then((row) => row !== undefined),
    ];
    if (round % 2 === 1) race.reverse();
    const outcomes = await Promise.all(race.map((each) => each()));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const isCurrent = (await seen(rows, id)).current_archive_id === first;
    expect((await archiveRow(rows, first)).deleting_at === null).toBe(isCurrent);
    restored += isCurrent ? 1 : 0;
  }
  expect(restored).toBeGreaterThan(0);
});
