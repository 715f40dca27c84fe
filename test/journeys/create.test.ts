import { afterAll, beforeAll, expect, test } from 'vitest';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;
let coldInstance: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '2' } });
  instance = await platform.controlPlane();
  coldInstance = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

/** The pool's members, the next to be claimed first. */
async function members() {
  return platform.database.db.query<{ id: string; name: string; fly_id: string }>(
    `select id, name, fly_id from machines where state = 'ready' order by ready_at`,
  );
}

async function bootOf(flyId: string): Promise<unknown> {
  const { body } = await callFly(platform.fly, 'GET', `/machines/${flyId}/events`);
  return body;
}

async function stateOf(id: string): Promise<string | undefined> {
  const [row] = await platform.database.db.query<{ state: string }>('select state from machines where id = $1', [id]);
  return row?.state;
}

test('a warm machine becomes the project without a restart', async () => {
  await instance.run('replenish');
  const [next] = await members();
  const booted = await bootOf(next?.fly_id ?? '');
  const created = await instance.valet.projects.create({ id: 'warm' });
  expect(created).toMatchObject({ id: 'warm', state: 'active', machine_id: next?.fly_id });
  expect(await (await platform.visit('warm', '/about')).json()).toMatchObject({ project_id: 'warm' });
  expect(await bootOf(next?.fly_id ?? '')).toEqual(booted);
});

test('a project that finds the pool empty gets a machine of its own', async () => {
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready'`,
  );
  const created = await coldInstance.valet.projects.create({ id: 'cold' });
  expect(created.state).toBe('active');
  expect((await platform.visit('cold', '/about')).status).toBe(200);
  expect(
    await platform.database.db.query(`select 1 from events where project_id = 'cold' and what = 'claimed'`),
  ).toEqual([]);
});

test('G3: a warm member that is gone at Fly is retired and the next is taken', async () => {
  await instance.run('replenish');
  const [dead, next] = await members();
  await callFly(platform.fly, 'DELETE', `/machines/${dead?.fly_id}?force=true`);
  const created = await instance.valet.projects.create({ id: 'second-try' });
  expect(created.machine_id).toBe(next?.fly_id);
  expect(await stateOf(dead?.id ?? '')).toBe('retiring');
});

test('G3: a warm member that is half configured for another project is retired and the next is taken', async () => {
  await settle(platform, instance);
  await instance.run('replenish');
  const [tainted, next] = await members();
  const target = { flyId: tainted?.fly_id ?? '', name: tainted?.name ?? '' };
  await platform.protocol.configure(target, 1, { project_id: 'somebody-else', deploy_key: 'vdk_other' });
  const created = await instance.valet.projects.create({ id: 'third-try' });
  expect(created.machine_id).toBe(next?.fly_id);
  expect(await stateOf(tainted?.id ?? '')).toBe('retiring');
  await instance.run('retire');
  // It says that it serves somebody: that is for an operator to judge.
  await instance.valet.orphans.remove({ ids: [tainted?.fly_id ?? ''] });
});

test('a warm member that was suspended is started first', async () => {
  await settle(platform, instance);
  await instance.run('replenish');
  const [asleep] = await members();
  await callFly(platform.fly, 'POST', `/machines/${asleep?.fly_id}/suspend`);
  const created = await instance.valet.projects.create({ id: 'resumed' });
  expect(created.machine_id).toBe(asleep?.fly_id);
  expect((await platform.visit('resumed', '/about')).status).toBe(200);
});

test('a new member that is suspended while it boots is started again', async () => {
  await settle(platform, instance);
  let suspended = '';
  instance.calls.intervene(async (call) => {
    if (suspended !== '' || call !== 'machine: GET /internal/status') return undefined;
    const [booting] = await platform.database.db.query<{ fly_id: string }>(
      `select fly_id from machines where state = 'provisioning' and fly_id is not null`,
    );
    suspended = booting?.fly_id ?? '';
    await callFly(platform.fly, 'POST', `/machines/${suspended}/suspend`);
    await callFly(platform.fly, 'GET', `/machines/${suspended}/wait?state=suspended&timeout=5`);
    return undefined;
  });
  await instance.run('replenish');
  expect((await members()).map(({ fly_id }) => fly_id)).toContain(suspended);
});

test('when every warm member fails the project gets a new machine', async () => {
  await settle(platform, instance);
  await instance.run('replenish');
  const dead = await members();
  for (const { fly_id } of dead) await callFly(platform.fly, 'DELETE', `/machines/${fly_id}?force=true`);
  const created = await instance.valet.projects.create({ id: 'after-all' });
  expect(dead.map(({ fly_id }) => fly_id)).not.toContain(created.machine_id);
  expect(created.state).toBe('active');
});

test('an id that is taken is refused, and the project that has it is not touched', async () => {
  await instance.valet.projects.create({ id: 'first' });
  const before = await instance.valet.projects.get('first');
  await expect(instance.valet.projects.create({ id: 'first' })).rejects.toMatchObject({ code: 'project_id_taken' });
  expect(await instance.valet.projects.get('first')).toEqual(before);
});

test('a region that Fly does not have is refused before anything is made', async () => {
  await expect(instance.valet.projects.create({ id: 'nowhere', region: 'zzz' })).rejects.toMatchObject({
    code: 'request_invalid',
    hint: expect.stringContaining('sjc'),
  });
  await expect(instance.valet.projects.get('nowhere')).rejects.toMatchObject({ code: 'project_not_found' });
});

test('the same idempotency key gives the first answer again, deploy key included, and to that request alone', async () => {
  const first = await coldInstance.valet.projects.create({}, { idempotencyKey: 'key-1' });
  const again = await instance.valet.projects.create({}, { idempotencyKey: 'key-1' });
  expect(again).toEqual(first);
  expect(again.deploy_key).toMatch(/^vdk_/);
  await expect(instance.valet.projects.create({ id: 'other' }, { idempotencyKey: 'key-1' })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  });
});

test.each([{ id: 'sent-often' }, {}])('one key sent five times at once makes one project: %j', async (input) => {
  const idempotencyKey = `five-times-${input.id ?? 'made-up'}`;
  const answers = await Promise.all(
    [instance, coldInstance, instance, coldInstance, instance].map((each) =>
      each.valet.projects.create(input, { idempotencyKey }),
    ),
  );
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(new Set(answers.map(({ deploy_key }) => deploy_key)).size).toBe(1);
});

test('G4: a create that fails is rolled back: its id is free and nothing is left at Fly', async () => {
  const refused = { call: 'create_machine', kind: 'refuse', status: 422, error: 'no', times: 1 } as const;
  platform.fly.faults.add({ ...refused, bodyStatus: 'insufficient_capacity' });
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready'`,
  );
  const failing = coldInstance.valet.projects.create({ id: 'unlucky' }, { idempotencyKey: 'key-unlucky' });
  await expect(failing).rejects.toMatchObject({ code: 'fly_failed' });
  await expect(instance.valet.projects.get('unlucky')).rejects.toMatchObject({ code: 'project_not_found' });
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
  const again = await coldInstance.valet.projects.create({ id: 'unlucky' }, { idempotencyKey: 'key-unlucky' });
  expect(again.state).toBe('active');
});

test('a project that was activated although the answer was lost counts as created', async () => {
  const instance = await platform.controlPlane({ WARM_POOL_SIZE: '0' });
  instance.calls.intervene((call) => (call === 'database: activated' ? 'lose_answer' : undefined));
  const created = await instance.valet.projects.create({ id: 'answer-lost' });
  expect(created.state).toBe('active');
  expect((await platform.visit('answer-lost', '/about')).status).toBe(200);
});
