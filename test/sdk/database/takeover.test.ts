import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  dormantProject,
  emptied,
  eventsOf,
  everything,
  guardOf,
  machineRow,
  present,
  seen,
  type TestRows,
  testRows,
  wakingProject,
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

async function overdue(): Promise<string[]> {
  return (await rows.projects.overdue(100)).map((project) => project.id);
}

it('G7: exactly the passing states whose deadline has passed are overdue, the longest silent first', async () => {
  await creatingProject(rows, 'creating');
  await wakingProject(rows, 'waking');
  await archivingProject(rows, 'archiving');
  await activeProject(rows, 'active');
  await dormantProject(rows, 'dormant');
  expect(await overdue()).toEqual([]);
  await rows.database.travel('11 seconds');
  await creatingProject(rows, 'too-young');
  expect(await overdue()).toEqual(['creating', 'waking', 'archiving']);
  expect(await rows.projects.overdue(2)).toHaveLength(2);
});

it('G7: who renews is not overdue, however long ago it began', async () => {
  const guard = guardOf(await creatingProject(rows, 'slow'));
  await rows.database.travel('9 seconds');
  expect(await rows.projects.renew(guard)).toBe('owned');
  await rows.database.travel('9 seconds');
  expect(await overdue()).toEqual([]);
  await rows.database.travel('2 seconds');
  expect(await overdue()).toEqual(['slow']);
});

it('G7: of several that take over one silent project at once, exactly one wins', async () => {
  for (let round = 0; round < 20; round++) {
    const project = await creatingProject(rows, `p-${round}`);
    await rows.database.travel('11 seconds');
    const takers = ['b', 'c', 'd'].map((name) => rows.projects.takeOver(project, `instance-${name}`));
    const winners = (await Promise.all(takers)).filter((taken) => taken !== undefined);
    expect(winners).toHaveLength(1);
    expect(winners[0]?.epoch).toBeGreaterThan(project.epoch);
    expect((await eventsOf(rows, project.id)).filter((what) => what === 'taken_over')).toHaveLength(1);
  }
});

it('G6: nothing is taken over from an owner that is alive, or from a project at rest', async () => {
  const projects = [await creatingProject(rows, 'alive'), await activeProject(rows, 'resting')];
  const before = await everything(rows);
  for (const project of projects) expect(await rows.projects.takeOver(project, 'instance-b')).toBeUndefined();
  expect(await everything(rows)).toEqual(before);
});

it('G6: who looked before another took over takes nothing over, even when that one has fallen silent too', async () => {
  const looked = await creatingProject(rows, 'demo');
  await rows.database.travel('11 seconds');
  await rows.projects.takeOver(looked, 'instance-b');
  await rows.database.travel('11 seconds');
  const before = await everything(rows);
  expect(await rows.projects.takeOver(looked, 'instance-c')).toBeUndefined();
  expect(await everything(rows)).toEqual(before);
});

it('a takeover and an activation at the same time never both win', async () => {
  for (let round = 0; round < 20; round++) {
    const project = await creatingProject(rows, `p-${round}`);
    const machine = await claimed(rows, project);
    await rows.database.travel('11 seconds');
    const [taken, activated] = await Promise.all([
      rows.projects.takeOver(project, 'instance-b'),
      rows.projects.activate(guardOf(project), machine.id),
    ]);
    expect(activated).toBe(taken === undefined);
  }
});

it('G4: a creation that is rolled back frees its id and retires its machine', async () => {
  const project = await creatingProject(rows, 'demo');
  const machine = await claimed(rows, project);
  expect(await rows.projects.rollBack(guardOf(project), 'configure failed')).toBe(true);
  expect(await rows.projects.find('demo')).toBeUndefined();
  expect(await machineRow(rows, machine.id)).toMatchObject({ state: 'retiring', last_error: 'configure failed' });
  expect((await creatingProject(rows, 'demo')).epoch).toBeGreaterThan(project.epoch);
});

it('G4: a wake that is put back retires its machine, keeps its archive and makes the next one wait', async () => {
  const project = await wakingProject(rows, 'demo');
  const machine = await claimed(rows, project);
  expect(await rows.waking.putBack(guardOf(project), 'restore failed', 30)).toBe(true);
  const asleep = await seen(rows, 'demo');
  expect(asleep).toMatchObject({ state: 'dormant', current_archive_id: project.current_archive_id, wake_failures: 1 });
  expect(await machineRow(rows, machine.id)).toMatchObject({ state: 'retiring', keep_volume_until: null });
  expect(await rows.waking.beginWake(asleep, 'instance-b', 'somebody')).toBeUndefined();
  await rows.database.travel('31 seconds');
  expect(present(await rows.waking.beginWake(asleep, 'instance-b', 'somebody')).state).toBe('waking');
});

it('of many who find a project asleep at once, exactly one begins to wake it', async () => {
  const project = await dormantProject(rows, 'demo');
  const wakes = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rows.waking.beginWake(project, name, name)));
  expect(wakes.filter((wake) => wake !== undefined)).toHaveLength(1);
});
