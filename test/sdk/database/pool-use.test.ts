import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  claimed,
  creatingProject,
  emptied,
  guardOf,
  newMachineRow,
  present,
  provisioningMachine,
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

const day = 86_400;

/** A project that got its machine from the pool and was active after so long. */
async function fromThePool(id: string, secs: number): Promise<void> {
  const project = await creatingProject(rows, id);
  const machine = await claimed(rows, project);
  await rows.database.travel(`${secs} seconds`);
  await rows.projects.activate(guardOf(project), machine.id);
}

/** A project that found the pool empty. */
async function made(id: string): Promise<void> {
  const project = await creatingProject(rows, id);
  const row = present(await rows.machines.insertForProject(guardOf(project), newMachineRow()));
  await rows.machines.recordVolume(row.id, `vol_${row.id}`);
  await rows.machines.recordMachine(row.id, `fly-${row.id}`);
  await rows.machines.assignProvisioned(row.id, guardOf(project));
  await rows.projects.activate(guardOf(project), row.id);
}

async function becomesReadyAfter(secs: number): Promise<void> {
  const id = await provisioningMachine(rows);
  await rows.machines.recordVolume(id, `vol_${id}`);
  await rows.machines.recordMachine(id, `fly-${id}`);
  await rows.database.travel(`${secs} seconds`);
  await rows.machines.becomeReady(id, 'started', 'test');
}

it('of a pool that nobody has used there is nothing to tell', async () => {
  expect(await rows.pool.use.over(day)).toEqual({ claimed: 0, made: 0, claiming: null, provisioning: null });
});

it('tells who was served by the pool and who had to wait, and how long a claim takes', async () => {
  for (const [index, secs] of [1, 2, 3].entries()) await fromThePool(`p-${index}`, secs);
  await made('unlucky');
  const use = await rows.pool.use.over(day);
  expect(use).toMatchObject({ claimed: 3, made: 1, claiming: { count: 3 } });
  expect(use.claiming?.p50_secs).toBeCloseTo(2, 0);
  expect(use.claiming?.p95_secs).toBeCloseTo(3, 0);
});

it('tells how long a member takes from its row until it is ready', async () => {
  for (const secs of [4, 6, 20]) await becomesReadyAfter(secs);
  const { provisioning } = await rows.pool.use.over(day);
  expect(provisioning?.count).toBe(3);
  expect(provisioning?.p50_secs).toBeCloseTo(6, 0);
  expect(provisioning?.p95_secs).toBeCloseTo(18.6, 0);
});

it('a claimed machine that failed, and was made up for by one that was made, is no hit', async () => {
  const project = await creatingProject(rows, 'demo');
  const member = await claimed(rows, project);
  await rows.retiring.giveUpAssigned(member.id, { ...guardOf(project), projectId: project.id }, 'dead');
  const row = present(await rows.machines.insertForProject(guardOf(project), newMachineRow()));
  await rows.machines.recordVolume(row.id, 'vol_1');
  await rows.machines.recordMachine(row.id, 'fly-1');
  await rows.machines.assignProvisioned(row.id, guardOf(project));
  await rows.projects.activate(guardOf(project), row.id);
  expect(await rows.pool.use.over(day)).toMatchObject({ claimed: 0, made: 1, claiming: null });
});

it('forgets what is longer ago', async () => {
  await fromThePool('old', 1);
  await rows.database.travel('25 hours');
  await fromThePool('new', 5);
  expect(await rows.pool.use.over(day)).toMatchObject({ claimed: 1, made: 0 });
});
