import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { planReplenishment } from '../../../src/sdk/pool/plan.js';
import {
  creatingProject,
  emptied,
  environment,
  guardOf,
  kind,
  machineRow,
  newMachineRow,
  present,
  provisioningMachine,
  readyMachine,
  region,
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

function replenish(target: number) {
  return rows.warmPool.insertLacking(kind, (counts) =>
    Array.from({ length: planReplenishment(target, counts) }, () => newMachineRow()),
  );
}

it('G4: however many replenish at once, together they never ask for more than the target', async () => {
  for (let target = 1; target <= 12; target++) {
    const inserted = await Promise.all(Array.from({ length: 8 }, () => replenish(target)));
    expect(inserted.flat()).toHaveLength(1);
    expect(await rows.warmPool.count(kind)).toEqual({ ready: 0, provisioning: target });
  }
});

it('G4: what is ready counts towards the target, what retires or waits for a project does not', async () => {
  await readyMachine(rows);
  const failed = await provisioningMachine(rows);
  await rows.retiring.giveUpProvisioning(failed, 'test', 'no capacity');
  await rows.machines.insertForProject(guardOf(await creatingProject(rows, 'demo')), newMachineRow());
  expect(await rows.warmPool.count(kind)).toEqual({ ready: 1, provisioning: 0 });
  expect(await replenish(3)).toHaveLength(2);
});

it('two environments never count each other’s machines', async () => {
  await readyMachine(rows);
  expect(await rows.warmPool.count({ ...kind, environment: 'another' })).toEqual({ ready: 0, provisioning: 0 });
});

it('members of an older configuration neither count nor are claimed, and retire', async () => {
  const outdated = await readyMachine(rows, { configHash: 'older' });
  expect(await rows.warmPool.count(kind)).toEqual({ ready: 0, provisioning: 0 });
  const project = await creatingProject(rows, 'demo');
  expect(await rows.warmPool.claim(guardOf(project), kind, region)).toBeUndefined();
  expect(await rows.warmPool.retireOutdated(kind, 'test', 5)).toEqual([outdated]);
  expect(await machineRow(rows, outdated)).toMatchObject({ state: 'retiring', project_id: null });
});

it('only so many outdated members retire at a time, and none of the current configuration', async () => {
  for (let n = 0; n < 3; n++) await readyMachine(rows, { configHash: 'older' });
  await readyMachine(rows);
  expect(await rows.warmPool.retireOutdated(kind, 'test', 2)).toHaveLength(2);
  expect(await rows.warmPool.retireOutdated(kind, 'test', 2)).toHaveLength(1);
  expect(await rows.warmPool.retireOutdated(kind, 'test', 2)).toEqual([]);
  expect(await rows.warmPool.count(kind)).toEqual({ ready: 1, provisioning: 0 });
});

it('G13: no row is made for an environment that the database does not belong to', async () => {
  const insert = rows.warmPool.insertLacking({ ...kind, environment: 'another' }, () => [
    newMachineRow({ environment: 'another' }),
  ]);
  await expect(insert).rejects.toMatchObject({ code: 'environment_mismatch' });
  expect(await rows.warmPool.count({ ...kind, environment: 'another' })).toEqual({ ready: 0, provisioning: 0 });
});

it('leaves no row and no lock behind when deciding fails', async () => {
  const decide = () => {
    throw new Error('no decision');
  };
  await expect(rows.warmPool.insertLacking(kind, decide)).rejects.toThrow('no decision');
  expect(await replenish(2)).toHaveLength(2);
});

it('G4: ids are written as they appear', async () => {
  const id = await provisioningMachine(rows);
  expect(await rows.machines.recordVolume(id, 'vol_1')).toBe(true);
  expect(await machineRow(rows, id)).toMatchObject({ volume_id: 'vol_1', fly_id: null });
  expect(await rows.machines.recordMachine(id, 'fly-1')).toBe(true);
  expect(await rows.machines.becomeReady(id, 'suspended')).toBe(true);
  expect(await machineRow(rows, id)).toMatchObject({ state: 'ready', fly_id: 'fly-1', fly_state: 'suspended' });
});

it('G4: a row that was given up takes no ids and never becomes ready', async () => {
  const id = await provisioningMachine(rows);
  await rows.retiring.giveUpProvisioning(id, 'test', 'too slow');
  const before = await machineRow(rows, id);
  expect(await rows.machines.recordVolume(id, 'vol_1')).toBe(false);
  expect(await rows.machines.recordMachine(id, 'fly-1')).toBe(false);
  expect(await rows.machines.renewProvisioning(id)).toBe(false);
  expect(await rows.machines.becomeReady(id, 'started')).toBe(false);
  expect(await machineRow(rows, id)).toEqual(before);
});

it('the database itself refuses a pool member without a machine or without a volume', async () => {
  const id = await provisioningMachine(rows);
  await expect(rows.machines.becomeReady(id, 'started')).rejects.toMatchObject({
    constraint: 'a_ready_machine_is_whole_and_nobodys',
  });
  await rows.machines.recordMachine(id, 'fly-1');
  await expect(rows.machines.becomeReady(id, 'started')).rejects.toMatchObject({ code: '23514' });
});

it('observing writes down what Fly says and never moves the row’s own state', async () => {
  const ready = await readyMachine(rows);
  const young = await provisioningMachine(rows);
  await rows.machines.observed(ready, 'suspended');
  await rows.machines.observed(young, 'suspended');
  expect(present(await rows.machines.find(ready))).toMatchObject({ state: 'ready', fly_state: 'suspended' });
  expect(present(await rows.machines.find(young))).toMatchObject({ state: 'provisioning', fly_state: null });
  expect((await rows.observing.page(environment, '', 10)).map((machine) => machine.id)).toEqual([ready]);
});
