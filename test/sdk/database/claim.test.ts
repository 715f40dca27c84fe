import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  archivingProject,
  claimed,
  creatingProject,
  emptied,
  eventually,
  everything,
  guardOf,
  kind,
  machineRow,
  ownPool,
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

const rounds = 15;

async function assigned(): Promise<{ id: string; project_id: string }[]> {
  return rows.database.db.query(`select id, project_id from machines where state = 'assigned' order by id`);
}

it('G2: two claims at once for one project leave it with one machine', async () => {
  for (let round = 0; round < rounds; round++) {
    const project = await creatingProject(rows, `p-${round}`);
    await Promise.all([readyMachine(rows), readyMachine(rows)]);
    const claims = await Promise.allSettled([1, 2, 3].map(() => rows.warmPool.claim(guardOf(project), kind, region)));
    const got = claims.flatMap((claim) => (claim.status === 'fulfilled' && claim.value ? [claim.value.id] : []));
    const held = (await assigned()).filter((machine) => machine.project_id === project.id);
    expect(got).toEqual(held.map((machine) => machine.id));
    expect(held).toHaveLength(1);
  }
});

it('G2: of many projects that want the one ready machine, exactly one gets it', async () => {
  for (let round = 0; round < rounds; round++) {
    const projects = await Promise.all([1, 2, 3, 4].map((each) => creatingProject(rows, `p-${round}-${each}`)));
    const machine = await readyMachine(rows);
    const claims = await Promise.all(projects.map((project) => rows.warmPool.claim(guardOf(project), kind, region)));
    const winners = claims.filter((claim) => claim !== undefined);
    expect(winners.map((winner) => winner.id)).toEqual([machine]);
    expect((await rows.pool.members.snapshot(ownPool)).regions).toEqual([]);
  }
});

it('gives as many projects a machine as there are, however they collide', async () => {
  const projects = await Promise.all(Array.from({ length: 8 }, (_, each) => creatingProject(rows, `p-${each}`)));
  await Promise.all(projects.map(() => readyMachine(rows)));
  const claims = await Promise.all(projects.map((project) => rows.warmPool.claim(guardOf(project), kind, region)));
  expect(new Set(claims.map((claim) => claim?.id)).size).toBe(8);
  expect(claims).not.toContain(undefined);
});

it('takes a machine of the wished region first, then the longest ready, and never of another configuration', async () => {
  await readyMachine(rows, { id: 'other-config', configHash: 'old' });
  await readyMachine(rows, { id: 'other-environment' });
  await rows.database.db.query(`update machines set environment = 'staging' where id = 'other-environment'`);
  await readyMachine(rows, { id: 'far', region: 'ams' });
  await readyMachine(rows, { id: 'near-1' });
  await readyMachine(rows, { id: 'near-2' });
  const order: (string | undefined)[] = [];
  for (const id of ['p-1', 'p-2', 'p-3', 'p-4']) {
    order.push((await rows.warmPool.claim(guardOf(await creatingProject(rows, id)), kind, region))?.id);
  }
  expect(order).toEqual(['near-1', 'near-2', 'far', undefined]);
});

it('G6: an older epoch, another owner or a project in another state claims nothing', async () => {
  await creatingProject(rows, 'first');
  const guard = guardOf(await creatingProject(rows, 'demo'));
  const { guard: archiving } = await archivingProject(rows, 'sleepy');
  await readyMachine(rows);
  const before = await everything(rows);
  const stale = { ...guard, epoch: guard.epoch - 1 };
  const foreign = { ...guard, owner: 'instance-b' };
  for (const wrong of [stale, foreign, archiving])
    expect(await rows.warmPool.claim(wrong, kind, region)).toBeUndefined();
  expect(await everything(rows)).toEqual(before);
});

it('G4: a machine whose claim was still under way when its project was rolled back retires with it', async () => {
  await using own = await testRows();
  const { db } = own.database;
  const guard = guardOf(await creatingProject(own, 'demo'));
  const machine = await readyMachine(own);
  await db.query(
    `create function hang() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return new; end $$;
     create trigger hanging before insert on events for each row when (new.what = 'claimed') execute function hang()`,
  );
  // The claim gets as far as writing its event, then hangs; its caller has lost the connection and gives up.
  const claim = Promise.withResolvers<unknown>();
  const rollBack = Promise.withResolvers<boolean>();
  await db.transaction(async (transaction) => {
    await transaction.query('select pg_advisory_xact_lock(1)');
    claim.resolve(own.warmPool.claim(guard, kind, region));
    await eventually('the claim waits', async () => (await waiting(own)) === 1);
    rollBack.resolve(own.projects.rollBack(guard, 'its caller gave up'));
    await eventually('the roll-back waits for the claim', async () => (await waiting(own)) === 2);
  });
  expect(await claim.promise).toMatchObject({ id: machine });
  expect(await rollBack.promise).toBe(true);
  expect(await machineRow(own, machine)).toMatchObject({ state: 'retiring' });
});

it('G3: no statement makes an assigned machine ready again or another project’s', async () => {
  const { machines, retiring, warmPool } = rows;
  const mine = await claimed(rows, await creatingProject(rows, 'mine'));
  const other = guardOf(await creatingProject(rows, 'other'));
  const before = await everything(rows);
  await machines.becomeReady(mine.id, 'started', 'test');
  await machines.assignProvisioned(mine.id, other);
  await warmPool.claim(other, kind, region);
  await rows.pool.kinds.announce({ configHash: 'newer', image: 'newer', targets: [] });
  const whole = { region, count: 10 };
  const retire = (['outdated', 'surplus', 'drained'] as const).map((cause) => ({ ...whole, cause }));
  await rows.pool.members.act(ownPool, () => ({ insert: [], probes: [], retire }), 'x');
  await machines.recordMachine(mine.id, 'fly-other');
  await machines.recordVolume(mine.id, 'vol-other');
  await machines.renewProvisioning(mine.id);
  await retiring.giveUpProvisioning(mine.id, 'x', 'x');
  await retiring.giveUpAssigned(mine.id, { ...other, projectId: other.id }, 'x');
  await retiring.foundMachine(mine.id, 'fly-other');
  await retiring.foundVolume(mine.id, 'vol-other');
  await retiring.machineGone(mine.id, 0, 'test');
  await retiring.markVolumeDeleting(mine.id, 'test');
  await retiring.volumeGone(mine.id, 'test');
  await retiring.postpone(mine.id, 0, 'x');
  expect(await everything(rows)).toEqual(before);
});

it('G3: a machine that its project gave up never comes back to the pool', async () => {
  const project = await creatingProject(rows, 'demo');
  const machine = await claimed(rows, project);
  await rows.retiring.giveUpAssigned(machine.id, { ...guardOf(project), projectId: project.id }, 'it did not start');
  await rows.machines.becomeReady(machine.id, 'started', 'test');
  expect(await rows.warmPool.claim(guardOf(project), kind, region)).toBeUndefined();
  expect(await machineRow(rows, machine.id)).toMatchObject({ state: 'retiring', last_error: 'it did not start' });
});

async function waiting(own: TestRows): Promise<number> {
  const [row] = await own.database.db.query<{ waiting: number }>(
    `select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? 0;
}
