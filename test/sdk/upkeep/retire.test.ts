import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { checkInvariants, listedMachines, listedVolumes } from '../../support/invariants.js';
import { settle } from '../../support/settle.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane({ WARM_POOL_SIZE: '1' });
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** A machine that retires, in the state in which a test begins. */
let id: string;
let flyId: string;

beforeEach(async () => {
  platform.fly.faults.clear();
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
  await instance.run('replenish');
  const [row] = await platform.database.db.query<{ id: string; fly_id: string }>(
    `update machines set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now()
      where state = 'ready' returning id, fly_id`,
  );
  id = row?.id ?? '';
  flyId = row?.fly_id ?? '';
});

async function row() {
  const [found] = await platform.database.db.query<{
    state: string;
    machine_gone: boolean;
    volume_gone: boolean;
    attempts: number;
    last_error: string | null;
  }>(
    `select state, machine_gone_at is not null as machine_gone, volume_gone_at is not null as volume_gone, attempts, last_error
       from machines where id = $1`,
    [id],
  );
  return found;
}

/** Until another pass would find nothing due. */
async function retire(passes = 1): Promise<void> {
  for (let pass = 0; pass < passes; pass++) {
    await instance.run('retire');
    await platform.database.travel('2 minutes');
  }
}

async function retireWholly(): Promise<void> {
  for (let pass = 0; pass < 20 && (await row())?.state !== 'retired'; pass++) await retire();
  expect(await row()).toMatchObject({ state: 'retired' });
}

test('the machine goes first, and its volume when Fly has let go of it', async () => {
  platform.fly.faults.add({
    call: 'delete_volume',
    kind: 'refuse',
    status: 412,
    error: `volume is currently bound to machine: ${flyId}`,
    times: 1,
  });
  await instance.run('retire');
  expect(await listedMachines(platform)).toEqual([]);
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: true, volume_gone: false });
  expect((await row())?.last_error).toContain('412');
  expect(await listedVolumes(platform)).toHaveLength(1);
  await retireWholly();
  expect(await listedVolumes(platform)).toEqual([]);
});

test('what Fly says is written down, whatever characters it has', async () => {
  const error = `failed_precondition: volume is currently bound to machine: ${'\0'.repeat(14)}`;
  platform.fly.faults.add({ call: 'delete_volume', kind: 'refuse', status: 412, error, times: 1 });
  await instance.run('retire');
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: true, volume_gone: false });
  expect((await row())?.last_error).toContain('volume is currently bound to machine');
  await retireWholly();
});

test('a volume is kept for as long as it should be, and not longer', async () => {
  await platform.database.db.query(
    `update machines set keep_volume_until = valet_now() + interval '48 hours' where id = $1`,
    [id],
  );
  await retire(3);
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: true, volume_gone: false });
  await platform.database.travel('47 hours');
  await retire();
  expect(await listedVolumes(platform)).toHaveLength(1);
  await platform.database.travel('1 hour');
  await retire();
  expect(await row()).toMatchObject({ state: 'retired', volume_gone: true });
  expect(await listedVolumes(platform)).toEqual([]);
});

test('G10: that Fly does not know a young machine is not believed', async () => {
  for (const call of ['delete_machine', 'wait_machine', 'get_machine'] as const)
    platform.fly.faults.add({ call, kind: 'refuse', status: 404, error: 'machine not found', times: Infinity });
  await instance.run('retire');
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: false });
  platform.fly.faults.clear();
  expect(await listedMachines(platform)).toHaveLength(1);
  await settle(platform, instance);
  expect(await listedMachines(platform)).toEqual([]);
});

test('G10: while Fly does not know the app either, it may say of anything that it is gone', async () => {
  await platform.database.travel('1 hour');
  platform.fly.faults.add({ call: '*', kind: 'refuse', status: 404, error: 'app not found', times: Infinity });
  await retire(5);
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: false });
  platform.fly.faults.clear();
  await settle(platform, instance);
  expect(await listedMachines(platform)).toEqual([]);
  expect(await listedVolumes(platform)).toEqual([]);
});

test('G10: one answer that a machine is gone is not enough, however old it is', async () => {
  await platform.database.travel('1 hour');
  for (const call of ['delete_machine', 'wait_machine', 'get_machine'] as const)
    platform.fly.faults.add({ call, kind: 'refuse', status: 404, error: 'machine not found', times: 1 });
  await instance.run('retire');
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: false });
});

test('G10: a volume that Fly denies once is asked about again', async () => {
  await platform.database.travel('1 hour');
  platform.fly.faults.add({ call: 'delete_volume', kind: 'refuse', status: 404, error: 'not found', times: 1 });
  await retire(2);
  await retireWholly();
  expect(await listedVolumes(platform)).toEqual([]);
});

test('a machine that is really gone is believed to be in the end', async () => {
  await callFly(platform.fly, 'DELETE', `/machines/${flyId}?force=true`);
  await platform.database.travel('1 hour');
  for (const call of ['delete_machine', 'wait_machine', 'get_machine'] as const)
    platform.fly.faults.add({ call, kind: 'refuse', status: 404, error: 'machine not found', times: Infinity });
  await retireWholly();
});

test('G4: a row that never learned of its machine and volume finds them by name', async () => {
  await platform.database.db.query('update machines set fly_id = null, volume_id = null where id = $1', [id]);
  await settle(platform, instance);
  expect(await row()).toMatchObject({ state: 'retired' });
  expect(await listedMachines(platform)).toEqual([]);
  expect(await listedVolumes(platform)).toEqual([]);
});

test('G4, G10: an empty list does not make a row forget what it has asked for', async () => {
  await platform.database.db.query('update machines set fly_id = null, volume_id = null where id = $1', [id]);
  platform.fly.faults.add({ call: 'list_machines', kind: 'list_empty', times: 2 });
  await retire(2);
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: false });
  await settle(platform, instance);
  expect(await listedMachines(platform)).toEqual([]);
});

test('a row whose machine and volume were never made is retired in the end', async () => {
  await platform.database.db.query(
    `insert into machines
      (id, environment, fly_app, name, volume_name, region, image, config_hash, state, next_attempt_at)
      values ('never-made', 'test', $1, 'valet-never-made', 'v_never_made', 'sjc', 'i', 'h', 'retiring', valet_now())`,
    [platform.fly.app],
  );
  await settle(platform, instance);
  expect(await platform.database.db.query(`select state from machines where id = 'never-made'`)).toEqual([
    { state: 'retired' },
  ]);
});

test('one row that Fly refuses keeps no other from being retired', async () => {
  await instance.run('replenish');
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready'`,
  );
  platform.fly.faults.add({
    call: 'delete_machine',
    kind: 'refuse',
    status: 403,
    error: 'no',
    times: Infinity,
    target: flyId,
  });
  await retire(3);
  expect(await listedVolumes(platform)).toHaveLength(1);
  expect(await row()).toMatchObject({ state: 'retiring', machine_gone: false });
  expect((await row())?.last_error).toContain('403');
});

test('only what has our stamp is touched', async () => {
  const { body } = await callFly(platform.fly, 'POST', '/machines', {
    name: 'somebody-elses',
    region: 'sjc',
    config: { image: 'registry.fly.io/other:1' },
  });
  await retireWholly();
  expect((await listedMachines(platform)).map(({ name }) => name)).toEqual(['somebody-elses']);
  const { id: stranger } = body as { id: string };
  await callFly(platform.fly, 'DELETE', `/machines/${stranger}?force=true`);
});
