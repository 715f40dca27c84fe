import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  createdMachine,
  destroyed,
  getMachine,
  listMachines,
  machineRequest,
  newVolume,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

const always = Number.POSITIVE_INFINITY;

describe('what is forgotten for a while', () => {
  it('is not known just after it was created, and then it is', async () => {
    await using fly = await withFlyEmulator();
    fly.clock.hold();
    fly.faults.add({ call: 'create_machine', times: 1, kind: 'forget', forMs: 2000 });
    const { id, name } = await createdMachine(fly, {}, { name: 'hidden' });
    const get = () => callFly(fly, 'GET', `/machines/${id}`);
    expect(await get()).toMatchObject({ status: 404, body: { error: 'machine not found' } });
    expect((await callFly(fly, 'GET', `/machines/${id}/wait?state=started&timeout=1`)).status).toBe(404);
    expect(await listMachines(fly)).toEqual([]);
    const again = await callFly(fly, 'POST', '/machines', machineRequest({}, { name }));
    expect(again).toMatchObject({ status: 409, body: { error: expect.stringContaining(id) } });
    expect(fly.faults.list()).toMatchObject([{ kind: 'forget', left: 0 }]);
    await fly.clock.advance(2000);
    expect((await get()).status).toBe(200);
    expect(await listMachines(fly)).toEqual([id]);
    expect(fly.faults.list()).toEqual([]);
  });

  it('hides what the next creates make and nothing else, until the fault is removed', async () => {
    await using fly = await withFlyEmulator();
    const known = await newVolume(fly);
    const forget = fly.faults.add({ call: 'create_volume', times: 1, kind: 'forget' });
    const hidden = await newVolume(fly);
    const later = await newVolume(fly);
    const listed = async () => (await callFly(fly, 'GET', '/volumes')).body;
    expect(await listed()).toMatchObject([{ id: known.id }, { id: later.id }]);
    expect((await callFly(fly, 'GET', `/volumes/${hidden.id}`)).status).toBe(404);
    forget.remove();
    expect(await listed()).toMatchObject([{ id: known.id }, { id: hidden.id }, { id: later.id }]);
  });

  it('may be a machine that was there, for some calls or for some time', async () => {
    await using fly = await withFlyEmulator();
    fly.clock.hold();
    const { id } = await createdMachine(fly, {}, { skip_launch: true });
    const other = await createdMachine(fly, {}, { skip_launch: true });
    const statusOf = async (machineId: string) => (await callFly(fly, 'GET', `/machines/${machineId}`)).status;
    fly.faults.add({ call: 'get_machine', target: id, times: 2, kind: 'forget' });
    expect([await statusOf(id), await statusOf(other.id), await statusOf(id), await statusOf(id)]).toEqual([
      404, 200, 404, 200,
    ]);
    fly.faults.add({ call: '*', target: id, times: always, kind: 'forget', forMs: 1000 });
    expect([await statusOf(id), await listMachines(fly)]).toEqual([404, [other.id]]);
    await fly.clock.advance(1000);
    expect([await statusOf(id), await listMachines(fly)]).toEqual([200, [id, other.id]]);
  });

  it('is still told what to do, unless that call is named', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    fly.faults.add({ call: '*', target: id, times: always, kind: 'forget' });
    await tell(fly, id, 'stop');
    fly.faults.clear();
    await reach(fly, id, 'stopped');
    fly.faults.add({ call: 'start_machine', target: id, times: 1, kind: 'forget' });
    expect((await callFly(fly, 'POST', `/machines/${id}/start`)).status).toBe(404);
    expect((await getMachine(fly, id)).state).toBe('stopped');
  });
});

describe('a stale list', () => {
  it('shows checks, leases and destroyed machines as they were too', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    const check = { type: 'tcp', port: 3000, grace_period: '1h' };
    const { id } = await startedMachine(fly, { checks: { alive: check } });
    const gone = await startedMachine(fly);
    await destroyed(fly, gone.id);
    await callFly(fly, 'POST', `/machines/${id}/lease`, { ttl: 60 });
    fly.faults.add({ call: 'list_machines', times: always, kind: 'list_stale' });
    // The lease ends and the destroyed machine is forgotten.
    await fly.clock.advance(60_000);
    await destroyed(fly, id);
    expect((await callFly(fly, 'GET', '/machines?include_leases=true')).body).toMatchObject([
      { id, host_status: 'ok', checks: [{ name: 'alive', status: 'warning' }], lease: { nonce: expect.any(String) } },
    ]);
    expect(await listMachines(fly, '?include_deleted=true')).toEqual([id, gone.id]);
  });

  it('lacks what came later, keeps what went, shows old states, and honours filters', async () => {
    await using fly = await withFlyEmulator();
    const stays = await startedMachine(fly, { metadata: { env: 'blue' } });
    const goes = await startedMachine(fly, { metadata: { env: 'green' } });
    const stale = fly.faults.add({ call: 'list_machines', times: always, kind: 'list_stale' });
    await tell(fly, stays.id, 'stop');
    await reach(fly, stays.id, 'stopped');
    await destroyed(fly, goes.id);
    const later = await startedMachine(fly);
    expect(await listMachines(fly)).toEqual([stays.id, goes.id]);
    expect(await listMachines(fly, '?state=started&metadata.env=blue')).toEqual([stays.id]);
    expect(await listMachines(fly, '?state=stopped')).toEqual([]);
    expect((await getMachine(fly, stays.id)).state).toBe('stopped');
    const { body } = await callFly(fly, 'GET', '/machines?metadata.env=blue');
    expect(body).toMatchObject([{ state: 'started', events: [{ type: 'start', status: 'started' }, {}, {}, {}] }]);
    stale.remove();
    expect(await listMachines(fly)).toEqual([stays.id, later.id]);
  });

  it('of volumes shows them as they were', async () => {
    await using fly = await withFlyEmulator({ timings: { volumePendingDestroyMs: 60_000 } });
    const goes = await newVolume(fly);
    fly.faults.add({ call: 'list_volumes', times: 1, kind: 'list_stale' });
    await callFly(fly, 'DELETE', `/volumes/${goes.id}`);
    const later = await newVolume(fly);
    expect((await callFly(fly, 'GET', '/volumes')).body).toMatchObject([
      { id: goes.id, state: expect.stringMatching(/^creat/) },
    ]);
    expect((await callFly(fly, 'GET', '/volumes')).body).toMatchObject([
      { id: goes.id, state: expect.stringMatching(/destroy$/) },
      { id: later.id },
    ]);
  });
});
