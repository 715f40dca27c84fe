import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectId, parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { activeProject, archivingProject, type TestRows, testRows } from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

async function idleSecs(id: ProjectId): Promise<number> {
  const [view] = await rows.routes.readAll([id]);
  return view?.idleSecs ?? Number.NaN;
}

it('reads many projects at once, whatever they are called, and leaves out those that were never given out', async () => {
  const ids = ['null', 'one', 'two-2'].map(parseProjectId);
  for (const id of ids) await activeProject(rows, id);
  const views = await rows.routes.readAll([...ids, parseProjectId('nobody')]);
  expect(views.map(({ id, state, machine }) => [id, state, machine?.app]).toSorted()).toEqual([
    ['null', 'active', 'app'],
    ['one', 'active', 'app'],
    ['two-2', 'active', 'app'],
  ]);
  expect(await rows.routes.readAll([])).toEqual([]);
});

it('writes many uses at once, and none for a project that has moved on to another epoch', async () => {
  const [used, moved] = [parseProjectId('used'), parseProjectId('moved')];
  const epochs = [(await activeProject(rows, used)).epoch, (await activeProject(rows, moved)).epoch - 1];
  await rows.database.travel('1 hour');
  await rows.routes.touchAll([used, moved].map((id, at) => ({ id, epoch: epochs[at] ?? 0 })));
  expect(await idleSecs(used)).toBeLessThan(60);
  expect(await idleSecs(moved)).toBeGreaterThan(3_500);
});

it('tells which of many are no longer active in the epoch that was read, whatever became of them', async () => {
  const [same, newer, asleep, nobody] = ['same', 'newer', 'asleep', 'nobody'].map((id) => parseProjectId(id));
  const { epoch } = await activeProject(rows, 'same');
  const older = (await activeProject(rows, 'newer')).epoch - 1;
  const { project } = await archivingProject(rows, 'asleep');
  const known = [
    { id: same, epoch },
    { id: newer, epoch: older },
    { id: asleep, epoch: project.epoch },
    { id: nobody, epoch: 1 },
  ].flatMap(({ id, epoch: read }) => (id === undefined ? [] : [{ id, epoch: read }]));
  expect((await rows.routes.moved(known)).toSorted()).toEqual(['asleep', 'newer', 'nobody']);
  expect(await rows.routes.moved(known.slice(0, 1))).toEqual([]);
  expect(await rows.routes.moved([])).toEqual([]);
});
