import { afterAll, beforeAll, expect, it } from 'vitest';
import { DormancyTable } from '../../../src/sdk/database/dormancy.js';
import { Listings } from '../../../src/sdk/database/listings.js';
import {
  activeProject,
  creatingProject,
  dormantProject,
  environment,
  present,
  provisioningMachine,
  readyMachine,
  seen,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
let listings: Listings;
beforeAll(async () => {
  rows = await testRows();
  listings = new Listings(rows.database.db);
  for (const id of ['b-active', 'd-suspended', 'f-deleted']) await activeProject(rows, id);
  await dormantProject(rows, 'c-dormant');
  await creatingProject(rows, 'a-creating');
  const suspended = present((await seen(rows, 'd-suspended')).machine_id);
  await rows.machines.observed(suspended, 'suspended');
  const { db } = rows.database;
  await db.query(`update projects set state = 'deleted', deleted_at = valet_now() where id = 'f-deleted'`);
  await db.query(`update projects set region = 'ams' where id = 'b-active'`);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

async function ids(filter: Partial<Parameters<Listings['projects']>[0]> = {}): Promise<string[]> {
  return (await listings.projects({ limit: 100, ...filter })).map((project) => project.id);
}

it('deleted projects are hidden unless asked for', async () => {
  expect(await ids()).toEqual(['a-creating', 'b-active', 'c-dormant', 'd-suspended']);
  expect(await ids({ state: 'deleted' })).toEqual(['f-deleted']);
});

it('a project whose machine Fly has suspended is found as suspended and not as active', async () => {
  expect(await ids({ state: 'suspended' })).toEqual(['d-suspended']);
  expect(await ids({ state: 'active' })).toEqual(['b-active']);
  expect(await ids({ state: 'dormant', region: 'sjc' })).toEqual(['c-dormant']);
  expect(await ids({ region: 'ams' })).toEqual(['b-active']);
});

it('projects are found by how their id begins', async () => {
  expect(await ids({ prefix: 'c' })).toEqual(['c-dormant']);
  expect(await ids({ prefix: 'd-', state: 'suspended' })).toEqual(['d-suspended']);
  expect(await ids({ prefix: 'dormant' })).toEqual([]);
});

it('pages are cut by key: what is added before the cursor moves nothing', async () => {
  const first = await ids({ limit: 2 });
  await creatingProject(rows, 'a-newcomer');
  const second = await ids({ limit: 2, cursor: present(first.at(-1)) });
  expect([...first, ...second]).toEqual(['a-creating', 'b-active', 'c-dormant', 'd-suspended']);
  expect(await ids({ limit: 2, cursor: 'd-suspended' })).toEqual([]);
});

it('a project is shown with its machine and its current archive', async () => {
  expect(await listings.project('b-active')).toMatchObject({ fly_id: expect.stringMatching(/^fly-/), archive: null });
  const dormant = present(await listings.project('c-dormant'));
  expect(dormant).toMatchObject({ fly_id: null, archive: { project_id: 'c-dormant', size_bytes: 4096 } });
  expect(await listings.archive(present(dormant.current_archive_id))).toEqual(dormant.archive);
  expect(await listings.project('nobody')).toBeUndefined();
});

it('machines are listed by page, by state and for this environment alone; the pool shows its members', async () => {
  const ready = await readyMachine(rows);
  const coming = await provisioningMachine(rows);
  const all = (await listings.machines(environment, { limit: 100 })).map((machine) => machine.id);
  const first = (await listings.machines(environment, { limit: 3 })).map((machine) => machine.id);
  const rest = (await listings.machines(environment, { limit: 100, cursor: present(first.at(-1)) })).map(
    ({ id }) => id,
  );
  expect([...first, ...rest]).toEqual(all);
  expect(await listings.machines(environment, { limit: 10, state: 'retiring' })).toHaveLength(1);
  const inRegion = (region: string) => listings.machines(environment, { limit: 100, region });
  expect((await inRegion('sjc')).map((machine) => machine.id)).toEqual(all);
  expect(await inRegion('ams')).toEqual([]);
  expect(await listings.machines('another', { limit: 10 })).toEqual([]);
  expect((await listings.pool(environment, 10)).map((machine) => machine.id)).toEqual([ready, coming]);
});

it('what the sweep finds are active projects past their own threshold, the longest unused first', async () => {
  await using own = await testRows();
  for (const id of ['patient', 'eager', 'plain', 'fresh']) await activeProject(own, id);
  await dormantProject(own, 'asleep');
  const { db } = own.database;
  await db.query(`update projects set dormancy_threshold = interval '30 days' where id = 'patient'`);
  await db.query(`update projects set dormancy_threshold = interval '1 hour' where id = 'eager'`);
  const dormancy = new DormancyTable(db);
  const idle = async (olderThanSecs: number, overridesOwn: boolean) => {
    const ids: string[] = [];
    for await (const batch of dormancy.idle({ olderThanSecs, overridesOwn })) ids.push(...batch.map(({ id }) => id));
    return ids;
  };
  expect(await idle(7 * 86_400, false)).toEqual([]);
  await own.database.travel('2 hours');
  expect(await idle(7 * 86_400, false)).toEqual(['eager']);
  await own.database.travel('7 days');
  await own.routes.reportUse('fresh');
  expect(await idle(7 * 86_400, false)).toEqual(['eager', 'plain']);
  expect(await idle(7 * 86_400, true)).toEqual(['patient', 'eager', 'plain']);
});
