import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  creatingProject,
  emptied,
  environment,
  guardOf,
  kind,
  machineRow,
  newMachineRow,
  ownPool,
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

const mode = async () => (await rows.pool.members.snapshot(ownPool)).mode;

async function poolEvents() {
  return rows.database.db.query(`select what, actor from events where what like 'pool%' order by id`);
}

it('a mode is one word for all, and whoever changes it is remembered, once', async () => {
  const { modes } = rows.pool;
  expect(await mode()).toBe('filling');
  await modes.set(environment, 'paused', 'operator@a');
  await modes.set(environment, 'paused', 'operator@b');
  expect(await mode()).toBe('paused');
  await modes.set(environment, 'filling', 'operator@b');
  expect(await mode()).toBe('filling');
  expect(await poolEvents()).toEqual([
    { what: 'pool_paused', actor: 'operator@a' },
    { what: 'pool_filling', actor: 'operator@b' },
  ]);
  const [{ by } = { by: '' }] = await rows.database.db.query<{ by: string }>(
    'select pool_mode_by as by from installation',
  );
  expect(by).toBe('operator@b');
});

it('a drain takes every member that is ready, of whatever configuration and region, and nobody’s else', async () => {
  const project = await creatingProject(rows, 'demo');
  await readyMachine(rows);
  const mine = await rows.warmPool.claim(guardOf(project), kind, region);
  await rows.machines.insertForProject(guardOf(await creatingProject(rows, 'other')), newMachineRow({ id: 'cold' }));
  const members = [
    await readyMachine(rows),
    await readyMachine(rows, { region: 'fra' }),
    await readyMachine(rows, { configHash: 'older' }),
  ];
  const coming = await provisioningMachine(rows);
  const gone = await rows.pool.modes.drain(environment, 4, 'operator@a');
  expect(gone.toSorted()).toEqual(members.toSorted());
  for (const id of members) {
    expect(await machineRow(rows, id)).toMatchObject({ state: 'retiring', retire_cause: 'drained' });
  }
  expect(await machineRow(rows, mine?.id ?? '')).toMatchObject({ state: 'assigned' });
  expect(await machineRow(rows, coming)).toMatchObject({ state: 'provisioning' });
  expect(await machineRow(rows, 'cold')).toMatchObject({ state: 'provisioning' });
  expect(await mode()).toBe('draining');
});

it('G13: a drain that would take more than its limit does nothing at all, and says so', async () => {
  await readyMachine(rows);
  await readyMachine(rows);
  // It would go as well, once it is ready.
  await provisioningMachine(rows);
  const draining = rows.pool.modes.drain(environment, 2, 'operator@a');
  await expect(draining).rejects.toMatchObject({
    code: 'fuse_blown',
    details: { members: 3, limit: 2 },
    hint: expect.stringContaining('limit of 3'),
  });
  expect(await mode()).toBe('filling');
  expect((await rows.pool.members.snapshot(ownPool)).regions).toMatchObject([{ ready: 2, provisioning: 1 }]);
  expect(await poolEvents()).toEqual([]);
});

it('G13: the pool of an environment that the database does not belong to is not drained', async () => {
  await readyMachine(rows);
  await expect(rows.pool.modes.drain('another', 10, 'x')).rejects.toMatchObject({ code: 'environment_mismatch' });
  expect((await rows.pool.members.snapshot(ownPool)).regions).toMatchObject([{ ready: 1 }]);
});

it('G3: of a claim and a drain at once, each member goes to one of the two', async () => {
  for (let round = 0; round < 15; round++) {
    const projects = await Promise.all([1, 2, 3].map((each) => creatingProject(rows, `p-${round}-${each}`)));
    await Promise.all([1, 2, 3, 4].map(() => readyMachine(rows)));
    const [drained, ...claims] = await Promise.all([
      rows.pool.modes.drain(environment, 50, 'operator@a'),
      ...projects.map((project) => rows.warmPool.claim(guardOf(project), kind, region)),
    ]);
    const taken = claims.flatMap((machine) => (machine ? [machine.id] : []));
    expect(drained.filter((id) => taken.includes(id))).toEqual([]);
    for (const id of taken) expect(await machineRow(rows, id)).toMatchObject({ state: 'assigned' });
    for (const id of drained) expect(await machineRow(rows, id)).toMatchObject({ state: 'retiring', project_id: null });
    await rows.pool.modes.drain(environment, 50, 'operator@a');
  }
});
