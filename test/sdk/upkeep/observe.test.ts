import { afterAll, beforeAll, expect, test } from 'vitest';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { expectNothingMore } from '../../support/repeat.js';
import { Sleeper } from '../../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;
let watched: Sleeper;
let flyId: string;

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
  watched = await new Sleeper(platform, instance, 'watched').create();
  flyId = (await instance.valet.projects.get('watched')).machine_id ?? '';
});
afterAll(() => platform?.[Symbol.asyncDispose]());

async function tell(command: 'suspend' | 'start', state: string): Promise<void> {
  await callFly(platform.fly, 'POST', `/machines/${flyId}/${command}`);
  await callFly(platform.fly, 'GET', `/machines/${flyId}/wait?state=${state}&timeout=5`);
}

test('a project whose machine Fly has suspended is shown as suspended, until it runs again', async () => {
  await tell('suspend', 'suspended');
  await instance.run('observe');
  expect((await instance.valet.projects.get('watched')).state).toBe('suspended');
  expect((await instance.valet.projects.list({ state: 'suspended' })).projects).toMatchObject([{ id: 'watched' }]);
  await tell('start', 'started');
  await instance.run('observe');
  expect((await instance.valet.projects.get('watched')).state).toBe('active');
});

test('G10: a machine that is missing from the list is left as it is', async () => {
  const before = await instance.valet.machines.list();
  platform.fly.faults.add({ call: 'list_machines', kind: 'list_empty', times: 1 });
  await instance.run('observe');
  expect(await instance.valet.machines.list()).toEqual(before);
  expect((await watched.row()).state).toBe('active');
});

test('G11: who only looks, and upkeep, never counts as use', async () => {
  const before = await watched.row();
  await instance.valet.projects.get('watched');
  await instance.valet.projects.list();
  await instance.valet.route('watched');
  await instance.valet.machines.list();
  await instance.valet.pool.status();
  await instance.valet.sweep.plan();
  for (const task of ['replenish', 'sweep', 'recover', 'retire', 'observe'] as const) await instance.run(task);
  const [machine] = (await instance.valet.machines.list({ state: 'assigned' })).machines;
  expect(await platform.protocol.status({ flyId, name: machine?.name ?? '' })).toMatchObject({ project_id: 'watched' });
  expect(await watched.row()).toEqual(before);
});

test('G11: what a machine reports of its use counts, except while its project is being archived', async () => {
  const { serving } = instance;
  const before = await watched.row();
  expect(await serving.activity.byOperator('watched')).toBe('recorded');
  const used = await watched.row();
  expect(used.last_active_at.getTime()).toBeGreaterThan(before.last_active_at.getTime());
  const frozen = instance.calls.freezeBefore((call) => call.endsWith('/archive-to-r2'));
  const other = await platform.controlPlane();
  const archiving = instance.valet.projects.archive('watched');
  await frozen;
  expect(await other.serving.activity.byOperator('watched')).toBe('ignored');
  expect((await watched.row()).last_active_at).toEqual(used.last_active_at);
  instance.calls.thaw();
  await archiving;
  await watched.wakeUp();
});

test('observing twice changes nothing more', async () => {
  await instance.run('observe');
  await expectNothingMore(platform, [instance, instance], ['observe']);
});
