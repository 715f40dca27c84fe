import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { listedMachines, listedVolumes } from '../../support/invariants.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;

beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

interface Member {
  readonly id: string;
  readonly name: string;
  readonly fly_id: string;
  readonly volume_id: string;
}
/** The one machine there is: a member of the pool, ready. */
let member: Member;

beforeEach(async () => {
  platform.fly.faults.clear();
  const { db } = platform.database;
  await db.query(`delete from quarantine; delete from projects; delete from events; delete from machines`);
  for (const { id } of await listedMachines(platform))
    await callFly(platform.fly, 'DELETE', `/machines/${id}?force=true`);
  for (const { id } of await listedVolumes(platform)) await callFly(platform.fly, 'DELETE', `/volumes/${id}`);
  instance = await platform.controlPlane({ WARM_POOL_SIZE: '1' });
  await instance.run('replenish');
  const [row] = await db.query<Member>(`select id, name, fly_id, volume_id from machines where state = 'ready'`);
  if (!row) throw new Error('There is no member.');
  member = row;
});

async function giveUp(cause: string | null, projectId: string | null = null): Promise<void> {
  await platform.database.db.query(
    `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = $2,
            project_id = $3
      where id = $1`,
    [member.id, cause, projectId],
  );
}

/** As another timeline of the database did, which has claimed it. */
async function serve(projectId: string, epoch: number): Promise<void> {
  const body = { project_id: projectId, deploy_key: 'key' };
  await platform.protocol.configure({ flyId: member.fly_id, name: member.name }, epoch, body);
}

async function retire(passes: number): Promise<unknown> {
  let failure: unknown;
  for (let pass = 0; pass < passes; pass++) {
    failure = await instance.run('retire').catch((error: unknown) => error);
    await platform.database.travel('2 minutes');
  }
  return failure;
}

/** What is left of the member at Fly. */
async function remaining(): Promise<string[]> {
  const ids = [...(await listedMachines(platform)), ...(await listedVolumes(platform))].map(({ id }) => id);
  return [member.fly_id, member.volume_id].filter((id) => ids.includes(id));
}

function whole(): string[] {
  return [member.fly_id, member.volume_id];
}

async function quarantined() {
  return platform.database.db.query(
    `select fly_id, reason, detail, confirmed_at is not null as confirmed from quarantine`,
  );
}

test('G13: a member of the pool that serves nobody is asked and goes', async () => {
  await giveUp('surplus');
  await retire(1);
  expect(await remaining()).toEqual([]);
  expect(instance.calls.made.filter((call) => call === 'machine: GET /internal/status').length).toBeGreaterThan(0);
  expect(await platform.database.db.query(`select what from events where what = 'machine_cleared'`)).toHaveLength(1);
});

test('G13: a `ready` row whose machine serves a project is put in quarantine and nothing of it is destroyed', async () => {
  await serve('somebodys', 900);
  await giveUp('surplus');
  await retire(5);
  expect(await remaining()).toEqual(whole());
  expect(await quarantined()).toEqual([
    {
      fly_id: member.fly_id,
      reason: 'other_project',
      detail: 'it says project somebodys and epoch 900, its row says project none and epoch none',
      confirmed: true,
    },
  ]);
});

test('G13: such a machine is not handed to another project either', async () => {
  await serve('somebodys', 900);
  const created = await instance.valet.projects.create({ id: 'newcomer' });
  expect(created.machine_id).not.toBe(member.fly_id);
  await retire(5);
  expect(await remaining()).toEqual(whole());
  expect(await quarantined()).toMatchObject([{ fly_id: member.fly_id, reason: 'other_project' }]);
});

test('G13: one whose project its row knows, but at a larger epoch, is put in quarantine', async () => {
  await instance.valet.projects.create({ id: 'restored' });
  await platform.database.db.query(`update projects set epoch = epoch - 1 where id = 'restored'`);
  await platform.database.db.query(`update machines set state = 'retiring', next_attempt_at = valet_now(),
     retire_cause = 'failed' where project_id = 'restored'`);
  await retire(3);
  expect(await quarantined()).toMatchObject([{ reason: 'larger_epoch' }]);
});

test('G13: one that refuses our secret is put in quarantine', async () => {
  const other = await platform.controlPlane({
    WARM_POOL_SIZE: '1',
    CONTROL_PLANE_INTERNAL_SECRET: 'another-secret-of-the-test',
  });
  await giveUp('surplus');
  await other.run('retire');
  expect(await quarantined()).toMatchObject([{ fly_id: member.fly_id, reason: 'other_secret', confirmed: true }]);
  expect(await remaining()).toEqual(whole());
});

test('G13: while one is in quarantine nothing else is destroyed, and what does not destroy goes on', async () => {
  await serve('somebodys', 900);
  await giveUp('surplus');
  await retire(1);
  const { machine_id } = await instance.valet.projects.create({ id: 'goes-on' });
  await platform.database.db.query(`update machines set state = 'retiring', next_attempt_at = valet_now(),
     retire_cause = 'deleted' where project_id = 'goes-on'`);
  expect(await retire(3)).toMatchObject({ code: 'fuse_blown', message: expect.stringContaining(member.name) });
  expect(await remaining()).toEqual(whole());
  expect((await listedMachines(platform)).map(({ id }) => id)).toContain(machine_id);
});

test('G13: while the fuse has blown the pool gives no member back, but is filled up', async () => {
  await serve('somebodys', 900);
  await giveUp('surplus');
  await retire(1);
  const newer = await platform.controlPlane({ WARM_POOL_SIZE: '1', VALET_FLY_IMAGE: 'registry.fly.io/test:2' });
  await platform.database.db.query(
    `insert into machines (id, environment, fly_app, name, volume_name, fly_id, volume_id, region, image, config_hash, state,
                           ready_at)
     values ('older', 'test', $1, 'valet-older', 'v_older', 'fly-older', 'vol_older', 'sjc', 'i', 'older', 'ready', valet_now())`,
    [platform.fly.app],
  );
  expect(await newer.valet.pool.replenish()).toMatchObject({ ready: [expect.any(String)], failed: [] });
  expect((await newer.valet.pool.replenish()).skipped).toContain('in quarantine');
  expect(await platform.database.db.query(`select state from machines where id = 'older'`)).toEqual([
    { state: 'ready' },
  ]);
});

test('G13: a sleeping machine is started for the question', async () => {
  await serve('somebodys', 900);
  await callFly(platform.fly, 'POST', `/machines/${member.fly_id}/stop`);
  await giveUp('drained');
  await retire(3);
  expect(await quarantined()).toMatchObject([{ reason: 'other_project' }]);
  expect(await remaining()).toEqual(whole());
});

test('G13: one that cannot be asked is not destroyed at once, but goes in the end', async () => {
  platform.fly.faults.add({ call: 'start_machine', kind: 'refuse', status: 409, error: 'no room', times: Infinity });
  await callFly(platform.fly, 'POST', `/machines/${member.fly_id}/stop`);
  await giveUp('failed');
  await retire(3);
  expect(await remaining()).toEqual(whole());
  await retire(6);
  expect(await remaining()).toEqual([]);
  expect(await platform.database.db.query(`select why from events where what = 'machine_cleared'`)).toEqual([
    { why: expect.stringContaining('it could not be asked') },
  ]);
});

test('G1: one whose archive is proven, or whose project an operator deleted, is not woken for a question', async () => {
  const before = instance.calls.made.length;
  await giveUp('archived', 'asleep');
  await retire(1);
  expect(await remaining()).toEqual([]);
  expect(instance.calls.made.slice(before).filter((call) => call.startsWith('machine:'))).toEqual([]);
});
