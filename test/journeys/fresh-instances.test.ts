import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { testPlatform } from '../support/test-platform.js';

test('G8: every step of a life may be done by an instance that knows nothing: no memory is needed', async () => {
  await using platform = await testPlatform({ env: { WARM_POOL_SIZE: '1' } });
  const afresh = async <T>(act: (instance: Instance) => Promise<T>): Promise<T> => {
    const instance = await platform.controlPlane();
    try {
      return await act(instance);
    } finally {
      // As SIGKILL does: what it had in memory is gone, and it has told nobody.
      instance.calls.die();
      await instance[Symbol.asyncDispose]();
    }
  };
  await afresh((instance) => instance.run('replenish'));
  const request = { key: randomUUID(), scope: 'operator' } as const;
  const created = await afresh((it) => it.valet.projects.create({ id: 'handed-on' }, { idempotencyKey: request.key }));
  const repeated = await afresh((it) => it.valet.projects.create({ id: 'handed-on' }, { idempotencyKey: request.key }));
  expect(repeated.deploy_key).toBe(created.deploy_key);
  await platform.visit('handed-on', '/kv/kept', { method: 'PUT', body: 'data of handed-on' });
  await platform.database.travel('8 days');
  expect((await afresh((it) => it.valet.sweep.run())).archived).toEqual(['handed-on']);
  await afresh((it) => it.run('retire'));
  await afresh((it) => it.valet.projects.wake('handed-on'));
  const last = await platform.controlPlane();
  await new Sleeper(platform, last, 'handed-on').expectData();
  await settle(platform, last);
  expect(await checkInvariants(platform)).toEqual([]);
});

test('an instance starts with the same calls however many projects there are, and asks Fly, machines and R2 nothing', async () => {
  await using platform = await testPlatform();
  const callsOfStart = async () => (await platform.controlPlane()).calls.made.toSorted();
  // The first start of all binds the database.
  await callsOfStart();
  const ofFew = await callsOfStart();
  await platform.database.db.query(
    `insert into machines (id, environment, fly_app, name, volume_name, fly_id, volume_id, region, image, config_hash, state, project_id, claimed_at)
     select 'm' || n, 'test', 'test-machines', 'valet-m' || n, 'v_m' || n, 'fly-m' || n, 'vol_m' || n, 'sjc', 'image', 'hash', 'assigned', 'p' || n, valet_now()
       from generate_series(1, 2000) n;
     insert into projects (id, state, epoch, region, machine_id, deploy_key_sealed)
     select 'p' || n, 'active', nextval('epochs'), 'sjc', 'm' || n, 'sealed' from generate_series(1, 2000) n`,
  );
  expect(await callsOfStart()).toEqual(ofFew);
  expect(ofFew.filter((call) => !call.startsWith('database: '))).toEqual([]);
});
