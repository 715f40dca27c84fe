import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { expectNothingMore } from '../../support/repeat.js';
import { Sleeper } from '../../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';
import { type AtFly, machineOfProject } from '../../support/vanish.js';

let platform: TestPlatform;
let instance: Instance;
let other: Instance;
let watched: Sleeper;
let machine: AtFly;

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
  other = await platform.controlPlane();
  watched = await new Sleeper(platform, instance, 'watched').create();
});
beforeEach(async () => {
  platform.fly.faults.clear();
  await instance.run('observe');
  machine = await machineOfProject(platform, 'watched');
});
afterAll(() => platform?.[Symbol.asyncDispose]());

async function tell(command: 'suspend' | 'start', state: string): Promise<void> {
  await callFly(platform.fly, 'POST', `/machines/${machine.fly_id}/${command}`);
  await callFly(platform.fly, 'GET', `/machines/${machine.fly_id}/wait?state=${state}&timeout=5`);
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

test('what an outdated list says is not believed before the machine itself was asked', async () => {
  await tell('suspend', 'suspended');
  await instance.run('observe');
  platform.fly.faults.add({ call: 'list_machines', kind: 'list_stale', times: Infinity });
  await tell('start', 'started');
  await instance.run('observe');
  expect((await instance.valet.projects.get('watched')).state).toBe('suspended');
  platform.fly.faults.clear();
  await instance.run('observe');
  expect((await instance.valet.projects.get('watched')).state).toBe('active');
});

/** All that a wrong conclusion would show in. */
async function conclusions() {
  const { db } = platform.database;
  return {
    project: await watched.row(),
    machines: await db.query(
      'select id, state, fly_id, volume_id, missing_looks, retire_cause from machines order by id',
    ),
  };
}

const lies: readonly { readonly lie: string; readonly tell: () => void }[] = [
  {
    lie: 'its list is empty',
    tell: () => platform.fly.faults.add({ call: 'list_machines', kind: 'list_empty', times: Infinity }),
  },
  {
    lie: 'it denies the app, and with it everything',
    tell: () =>
      platform.fly.faults.add({ call: '*', kind: 'refuse', status: 404, error: 'app not found', times: Infinity }),
  },
  {
    lie: 'it answers every question with an error',
    tell: () => platform.fly.faults.add({ call: '*', kind: 'refuse', status: 500, error: 'oops', times: Infinity }),
  },
  {
    lie: 'it denies every machine, and the app does not answer',
    tell: () => {
      const denies = { kind: 'refuse', status: 404, error: 'not found', times: Infinity } as const;
      platform.fly.faults.add({ call: 'list_machines', kind: 'list_empty', times: Infinity });
      platform.fly.faults.add({ call: 'get_machine', ...denies });
      platform.fly.faults.add({ call: 'get_app', ...denies });
    },
  },
];

describe.each(lies)('G10: while Fly is so wrong that $lie', ({ tell: beginToLie }) => {
  test('nothing is concluded, however often and long it is looked', { timeout: 60_000 }, async () => {
    const before = await conclusions();
    beginToLie();
    for (const each of [instance, other, instance]) {
      await platform.database.travel('6 minutes');
      await each.run('observe').catch(() => undefined);
    }
    expect(await conclusions()).toEqual(before);
    platform.fly.faults.clear();
    await watched.expectData();
  });
});

test('G10: a burst of 404s for a machine that is there is forgotten when Fly knows it again', async () => {
  await platform.database.travel('6 minutes');
  const burst = platform.fly.faults.add({
    call: '*',
    kind: 'forget',
    target: machine.fly_id,
    times: Infinity,
  });
  await instance.run('observe');
  await other.run('observe');
  expect((await conclusions()).machines).toMatchObject([{ missing_looks: 2 }]);
  burst.remove();
  await platform.database.travel('6 minutes');
  await instance.run('observe');
  expect((await conclusions()).machines).toMatchObject([{ state: 'assigned', missing_looks: 0 }]);
  expect((await watched.row()).state).toBe('active');
});

test('G10: two instances that look at the same time have looked once', async () => {
  await platform.database.travel('6 minutes');
  platform.fly.faults.add({ call: '*', kind: 'forget', target: machine.fly_id, times: Infinity });
  await Promise.all([instance.run('observe'), other.run('observe')]);
  expect((await conclusions()).machines).toMatchObject([{ missing_looks: 1 }]);
});

test('a volume that Fly has moved to another host is known by its new id', async () => {
  platform.fly.migrate(machine.fly_id);
  await expect
    .poll(async () => {
      await instance.run('observe');
      return (await machineOfProject(platform, 'watched')).volume_id;
    })
    .not.toBe(machine.volume_id);
  expect(await watched.events()).toContain('volume_migrated');
  await callFly(platform.fly, 'GET', `/machines/${machine.fly_id}/wait?state=started&timeout=10`);
  await expect
    .poll(() =>
      watched.expectData().then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
});

test('one project can be looked at by itself', async () => {
  const look = (id: string) => instance.serving.observe(parseProjectId(id), AbortSignal.timeout(5_000));
  expect(await look('watched')).toEqual({ kind: 'there' });
  expect(await look('nobody')).toEqual({ kind: 'unknown' });
  await platform.database.travel('6 minutes');
  platform.fly.faults.add({ call: '*', kind: 'forget', target: machine.fly_id, times: Infinity });
  expect(await look('watched')).toEqual({ kind: 'missing' });
  platform.fly.faults.clear();
  platform.fly.faults.add({ call: '*', kind: 'refuse', status: 404, error: 'app not found', times: Infinity });
  await expect(look('watched')).rejects.toMatchObject({ code: 'fly_failed' });
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
  const [found] = (await instance.valet.machines.list({ state: 'assigned' })).machines;
  const target = { flyId: machine.fly_id, name: found?.name ?? '' };
  expect(await platform.protocol.status(target)).toMatchObject({ project_id: 'watched' });
  expect(await watched.row()).toEqual(before);
});

test('G11: what a machine reports of its use counts, except while its project is being archived', async () => {
  const { serving } = instance;
  const before = await watched.row();
  expect(await serving.activity.byOperator('watched')).toBe('recorded');
  const used = await watched.row();
  expect(used.last_active_at.getTime()).toBeGreaterThan(before.last_active_at.getTime());
  const frozen = instance.calls.freezeBefore((call) => call.endsWith('/archive-to-r2'));
  const archiving = instance.valet.projects.archive('watched');
  await frozen;
  expect(await other.serving.activity.byOperator('watched')).toBe('ignored');
  expect((await watched.row()).last_active_at).toEqual(used.last_active_at);
  instance.calls.thaw();
  await archiving;
  await watched.wakeUp();
});

test('observing twice changes nothing more', async () => {
  await expectNothingMore(platform, [instance, instance], ['observe']);
});
