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

const nothing = { insert: [], probes: [], retire: [] };

/** What a replenishment of that target would do here, with one region and no limit on a batch. */
async function replenish(target: number) {
  const { rows: inserted } = await rows.pool.members.act(
    ownPool,
    ({ regions: [counts] }) => {
      const lacking = Math.max(0, target - (counts?.ready ?? 0) - (counts?.provisioning ?? 0));
      return { ...nothing, insert: Array.from({ length: lacking }, () => newMachineRow()) };
    },
    'test',
  );
  return inserted;
}

async function counted(own = ownPool) {
  return (await rows.pool.members.snapshot(own)).regions;
}

it('G4: however many replenish at once, together they never ask for more than the target', async () => {
  for (let target = 1; target <= 12; target++) {
    const inserted = await Promise.all(Array.from({ length: 8 }, () => replenish(target)));
    expect(inserted.flat()).toHaveLength(1);
    expect(await counted()).toEqual([{ region, ready: 0, provisioning: target, outdated: 0 }]);
  }
});

it('G4: what is ready counts towards the target, what retires or waits for a project does not', async () => {
  await readyMachine(rows);
  const failed = await provisioningMachine(rows);
  await rows.retiring.giveUpProvisioning(failed, 'test', 'no capacity');
  await rows.machines.insertForProject(guardOf(await creatingProject(rows, 'demo')), newMachineRow());
  expect(await counted()).toEqual([{ region, ready: 1, provisioning: 0, outdated: 0 }]);
  expect(await replenish(3)).toHaveLength(2);
});

it('each region is counted by itself', async () => {
  await readyMachine(rows);
  await readyMachine(rows, { region: 'fra' });
  await provisioningMachine(rows, { region: 'fra' });
  expect(await counted()).toEqual([
    { region: 'fra', ready: 1, provisioning: 1, outdated: 0 },
    { region, ready: 1, provisioning: 0, outdated: 0 },
  ]);
});

it('G13: two environments never count each other’s machines', async () => {
  await readyMachine(rows);
  await rows.database.db.query(`update machines set environment = 'another'`);
  expect(await counted()).toEqual([]);
});

it('what was announced last decides which members are outdated and how many are wanted, whoever asks', async () => {
  await readyMachine(rows);
  expect(await rows.pool.members.snapshot(ownPool)).toMatchObject({
    aim: { configHash: 'hash', targets: ownPool.targets },
  });
  const newer = { configHash: 'newer', image: 'image:2', targets: [{ region: 'fra', target: 7 }] };
  await rows.pool.kinds.announce(newer);
  const snapshot = await rows.pool.members.snapshot(ownPool);
  expect(snapshot.aim).toEqual(newer);
  expect(snapshot.regions).toEqual([{ region, ready: 0, provisioning: 0, outdated: 1 }]);
  await rows.pool.kinds.announce(ownPool);
  expect(await counted()).toEqual([{ region, ready: 1, provisioning: 0, outdated: 0 }]);
});

it('members of another configuration are not claimed', async () => {
  await readyMachine(rows, { configHash: 'older' });
  const project = await creatingProject(rows, 'demo');
  expect(await rows.warmPool.claim(guardOf(project), kind, region)).toBeUndefined();
});

it.each([
  ['outdated', ['older-1', 'older-2']],
  ['surplus', ['own-1', 'own-2']],
  ['drained', ['older-1', 'own-1']],
] as const)(
  'the oldest members retire for being %s, so many and no more, of their region alone',
  async (cause, gone) => {
    await readyMachine(rows, { id: 'far', region: 'fra' });
    await readyMachine(rows, { id: 'far-older', region: 'fra', configHash: 'older' });
    for (const n of [1, 2, 3]) {
      await readyMachine(rows, { id: `older-${n}`, configHash: 'older' });
      await readyMachine(rows, { id: `own-${n}` });
    }
    const retire = [{ region, cause, count: 2 }];
    await rows.pool.members.act(ownPool, () => ({ ...nothing, retire }), 'replenish@test');
    const retiring = await rows.database.db.query<{ id: string; retire_cause: string }>(
      `select id, retire_cause from machines where state = 'retiring' order by id`,
    );
    expect(retiring).toEqual(gone.map((id) => ({ id, retire_cause: cause })));
    const events = await rows.database.db.query(
      `select machine_id as id, actor from events where what = 'machine_given_up' order by machine_id`,
    );
    expect(events).toEqual(gone.map((id) => ({ id, actor: 'replenish@test' })));
  },
);

it('G13: no row is made for an environment that the database does not belong to', async () => {
  const another = { ...ownPool, environment: 'another' };
  const insert = [newMachineRow({ environment: 'another' })];
  const acting = rows.pool.members.act(another, () => ({ ...nothing, insert }), 'test');
  await expect(acting).rejects.toMatchObject({ code: 'environment_mismatch' });
  expect(await rows.database.db.query('select 1 from machines')).toEqual([]);
});

it('leaves no row and no lock behind when deciding fails', async () => {
  const decide = () => {
    throw new Error('no decision');
  };
  await expect(rows.pool.members.act(ownPool, decide, 'test')).rejects.toThrow('no decision');
  expect(await replenish(2)).toHaveLength(2);
});

it('G4: ids are written as they appear', async () => {
  const id = await provisioningMachine(rows);
  expect(await rows.machines.recordVolume(id, 'vol_1')).toBe(true);
  expect(await machineRow(rows, id)).toMatchObject({ volume_id: 'vol_1', fly_id: null });
  expect(await rows.machines.recordMachine(id, 'fly-1')).toBe(true);
  expect(await rows.machines.becomeReady(id, 'suspended', 'test')).toBe(true);
  expect(await machineRow(rows, id)).toMatchObject({ state: 'ready', fly_id: 'fly-1', fly_state: 'suspended' });
});

it('G4: a row that was given up takes no ids and never becomes ready', async () => {
  const id = await provisioningMachine(rows);
  await rows.retiring.giveUpProvisioning(id, 'test', 'too slow');
  const before = await machineRow(rows, id);
  expect(await rows.machines.recordVolume(id, 'vol_1')).toBe(false);
  expect(await rows.machines.recordMachine(id, 'fly-1')).toBe(false);
  expect(await rows.machines.renewProvisioning(id)).toBe(false);
  expect(await rows.machines.becomeReady(id, 'started', 'test')).toBe(false);
  expect(await machineRow(rows, id)).toEqual(before);
});

it('the database itself refuses a pool member without a machine or without a volume', async () => {
  const id = await provisioningMachine(rows);
  await expect(rows.machines.becomeReady(id, 'started', 'test')).rejects.toMatchObject({
    constraint: 'a_ready_machine_is_whole_and_nobodys',
  });
  await rows.machines.recordMachine(id, 'fly-1');
  await expect(rows.machines.becomeReady(id, 'started', 'test')).rejects.toMatchObject({ code: '23514' });
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
