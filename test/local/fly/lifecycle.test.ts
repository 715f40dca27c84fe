import { describe, expect, it, vi } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  createdMachine,
  destroyed,
  expectGone,
  getMachine,
  machineRequest,
  programPid,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('the life of a machine', () => {
  it('begins in created, with the ids that Fly gives', async () => {
    await using fly = await withFlyEmulator({ timings: { createdMs: 100 } });
    const reply = await callFly(fly, 'POST', '/machines', machineRequest({}, { name: 'first' }));
    expect(reply.body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{14}$/),
      instance_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      name: 'first',
      state: 'created',
      region: 'sjc',
      host_status: 'ok',
      image_ref: { registry: 'registry.fly.io', repository: 'app', tag: '1' },
    });
  });

  it('goes through stop and start with a new process each time', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const first = await programPid(fly, id);
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    await expectGone(first);
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await programPid(fly, id)).not.toBe(first);
  });

  it('keeps the events that Fly writes, newest first', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await programPid(fly, id);
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    const { body } = await callFly(fly, 'GET', `/machines/${id}/events?limit=6`);
    expect(body).toMatchObject([
      { type: 'exit', status: 'stopped', source: 'flyd', request: { exit_event: { requested_stop: true } } },
      { type: 'stop', status: 'stopping', source: 'user' },
      { type: 'start', status: 'started', source: 'flyd' },
      { type: 'start', status: 'starting', source: 'user' },
      { type: 'launch', status: 'created', source: 'user' },
      { type: 'launch', status: 'pending', source: 'user' },
    ]);
  });

  it('refuses a start with 412 while the machine is prepared', async () => {
    await using fly = await withFlyEmulator({ timings: { createdMs: 60_000 } });
    const { id } = await createdMachine(fly);
    expect(await callFly(fly, 'POST', `/machines/${id}/start`)).toMatchObject({
      status: 412,
      body: { error: "failed_precondition: unable to start machine from current state: 'created'" },
    });
  });

  it('takes a start for success when it is started, and refuses it while it is stopping', async () => {
    await using fly = await withFlyEmulator({ timings: { stopMs: 60_000 } });
    const { id } = await startedMachine(fly);
    expect(await callFly(fly, 'POST', `/machines/${id}/start`)).toMatchObject({
      status: 200,
      body: { previous_state: 'started' },
    });
    await tell(fly, id, 'stop');
    expect(await callFly(fly, 'POST', `/machines/${id}/start`)).toMatchObject({
      status: 412,
      body: { error: "failed_precondition: unable to start machine from current state: 'stopping'" },
    });
  });

  it('stays created with skip_launch until it is started', async () => {
    await using fly = await withFlyEmulator({ timings: { createdMs: 0 } });
    const { id } = await createdMachine(fly, {}, { skip_launch: true });
    await vi.waitFor(() => tell(fly, id, 'start'), { timeout: 10_000, interval: 10 });
    await reach(fly, id, 'started');
  });

  it('ends a program that is deaf to the signal once the stop timeout is over', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { env: { DEAF: 'yes' } });
    const pid = await programPid(fly, id);
    expect((await callFly(fly, 'POST', `/machines/${id}/stop`, { timeout: '100ms' })).status).toBe(200);
    await reach(fly, id, 'stopped');
    await expectGone(pid);
  });

  it('refuses to delete a started machine without force', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    expect((await callFly(fly, 'DELETE', `/machines/${id}`)).status).toBe(412);
    expect((await getMachine(fly, id)).state).toBe('started');
  });

  it('answers 200 destroyed for a while after a delete and 404 later', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    const { id } = await startedMachine(fly);
    await destroyed(fly, id);
    expect((await getMachine(fly, id)).state).toBe('destroyed');
    await fly.clock.advance(60_000);
    expect(await callFly(fly, 'GET', `/machines/${id}`)).toMatchObject({
      status: 404,
      body: { error: 'machine not found' },
    });
  });

  it('gives an updated machine a new version, the whole new config and a new process', async () => {
    await using fly = await withFlyEmulator();
    const machine = await startedMachine(fly, { env: { A: '1' } });
    const pid = await programPid(fly, machine.id);
    const reply = await callFly(fly, 'POST', `/machines/${machine.id}`, machineRequest({ env: { B: '2' } }));
    expect(reply).toMatchObject({ status: 200, body: { config: { env: { B: '2' } } } });
    expect(reply.body).not.toMatchObject({ config: { env: { A: '1' } } });
    await reach(fly, machine.id, 'started');
    expect(await programPid(fly, machine.id)).not.toBe(pid);
    expect((await getMachine(fly, machine.id)).instance_id).not.toBe(machine.instance_id);
    await expectGone(pid);
  });

  it('leaves an updated suspended machine stopped, without its snapshot', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const pid = await programPid(fly, id);
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    await callFly(fly, 'POST', `/machines/${id}`, machineRequest());
    await reach(fly, id, 'stopped');
    await expectGone(pid);
  });
});
