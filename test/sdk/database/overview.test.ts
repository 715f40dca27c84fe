import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { EventTable } from '../../../src/sdk/database/events.js';
import { AdvisoryLocks } from '../../../src/sdk/database/locks.js';
import { OverviewTable } from '../../../src/sdk/database/overview.js';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  dormantProject,
  emptied,
  guardOf,
  newMachineRow,
  present,
  type TestRows,
  testRows,
  wakingProject,
} from '../../support/rows.js';

let rows: TestRows;
let overview: OverviewTable;
beforeAll(async () => {
  rows = await testRows();
  overview = new OverviewTable(rows.database.db);
});
beforeEach(async () => {
  await emptied(rows);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const limitMs = 5_000;

async function suspend(machineId: string | null): Promise<void> {
  await rows.machines.observed(present(machineId), 'suspended');
}

it('of nothing there is nothing to tell', async () => {
  const { by_state } = await overview.count(limitMs);
  expect(Object.values(by_state)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(await overview.wakes(20)).toEqual([]);
  expect(await overview.locks()).toEqual([]);
});

it('projects are counted by the state that people see: suspended is what Fly reports of an active one', async () => {
  for (const id of ['a-1', 'a-2', 'a-3']) await activeProject(rows, id);
  await suspend((await activeProject(rows, 's-1')).machine_id);
  await suspend((await archivingProject(rows, 'w-1')).project.machine_id);
  await dormantProject(rows, 'd-1');
  await wakingProject(rows, 'w-2');
  await creatingProject(rows, 'c-1');
  expect((await overview.count(limitMs)).by_state).toEqual({
    creating: 1,
    active: 3,
    suspended: 1,
    archiving: 1,
    dormant: 1,
    waking: 1,
    lost: 0,
    deleted: 0,
  });
});

it('a count that takes too long is stopped by the database itself', async () => {
  const { db } = rows.database;
  await db.transaction(async (other) => {
    await other.query('lock table projects');
    await expect(overview.count(50)).rejects.toMatchObject({ code: 'database_unavailable' });
  });
});

it('each wake says how it came by its machine, how it ended and how long it took', async () => {
  const warm = await wakingProject(rows, 'warm');
  const machine = await claimed(rows, warm);
  await rows.database.travel('2 seconds');
  await rows.projects.activate(guardOf(warm), machine.id);

  const cold = await wakingProject(rows, 'cold');
  const made = present(await rows.machines.insertForProject(guardOf(cold), newMachineRow()));
  await rows.machines.recordVolume(made.id, `vol_${made.id}`);
  await rows.machines.recordMachine(made.id, `fly-${made.id}`);
  await rows.machines.assignProvisioned(made.id, guardOf(cold));
  await rows.database.travel('9 seconds');
  await rows.projects.activate(guardOf(cold), made.id);

  const failing = await wakingProject(rows, 'failing');
  await rows.waking.putBack(guardOf(failing), 'the archive is not there', 60);
  await wakingProject(rows, 'still');

  expect(await overview.wakes(20)).toMatchObject([
    { project_id: 'still', how: null, outcome: 'under_way', why: null },
    { project_id: 'failing', how: null, outcome: 'put_back', why: 'the archive is not there' },
    { project_id: 'cold', how: 'cold', outcome: 'active', took_secs: expect.closeTo(9, 0) },
    { project_id: 'warm', how: 'warm', outcome: 'active', took_secs: expect.closeTo(2, 0) },
  ]);
  expect((await overview.wakes(2)).map(({ project_id }) => project_id)).toEqual(['still', 'failing']);
});

it('a project that wakes twice is told twice, each wake with its own end', async () => {
  const first = await wakingProject(rows, 'demo');
  await rows.waking.putBack(guardOf(first), 'no machine', null);
  const dormant = present(await rows.projects.find(first.id));
  const second = present(await rows.waking.beginWake(dormant, 'instance-a', 'request'));
  await rows.projects.activate(guardOf(second), (await claimed(rows, second)).id);
  expect((await overview.wakes(20)).map(({ outcome, how }) => [outcome, how])).toEqual([
    ['active', 'warm'],
    ['put_back', null],
  ]);
});

it('a lock is told with the instance that holds it, while it holds it', async () => {
  await using locks = new AdvisoryLocks(rows.database.url, { instance: 'app-1.fra' });
  await using nameless = new AdvisoryLocks(rows.database.url);
  await locks.tryRun(101, async () => {
    await nameless.tryRun(104, async () => {
      expect(await overview.locks()).toEqual([
        { lock: 101, holder: 'app-1.fra' },
        { lock: 104, holder: null },
      ]);
    });
  });
  expect(await overview.locks()).toEqual([]);
});

it('the events of all projects come newest first, and no more than asked for', async () => {
  for (const id of ['one', 'two']) await creatingProject(rows, id);
  const events = await new EventTable(rows.database.db).recent(1);
  expect(events).toMatchObject([{ what: 'create_begun', project_id: 'two' }]);
});
