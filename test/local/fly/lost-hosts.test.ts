import { describe, expect, it } from 'vitest';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  createdMachine,
  getMachine,
  machineRequest,
  newVolume,
  programPid,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('a full host', () => {
  it('refuses the start and the update of a stopped machine, and lets a suspended one resume', async () => {
    await using fly = await withFlyEmulator();
    const stopped = await startedMachine(fly);
    const suspended = await startedMachine(fly);
    await tell(fly, stopped.id, 'stop');
    await tell(fly, suspended.id, 'suspend');
    await reach(fly, stopped.id, 'stopped');
    await reach(fly, suspended.id, 'suspended');
    fly.hosts.setRegionFull('sjc', true);
    const refusal = {
      status: 409,
      body: {
        error: 'aborted: could not reserve resource for machine: insufficient memory available to fulfill request',
      },
    };
    expect(await callFly(fly, 'POST', `/machines/${stopped.id}/start`)).toMatchObject(refusal);
    expect(await callFly(fly, 'POST', `/machines/${stopped.id}`, machineRequest())).toMatchObject(refusal);
    expect((await getMachine(fly, stopped.id)).state).toBe('stopped');
    await tell(fly, suspended.id, 'start');
    await reach(fly, suspended.id, 'started');
    fly.hosts.setRegionFull('sjc', false);
    await tell(fly, stopped.id, 'start');
  });

  it('makes the proxy start a machine elsewhere, unless a volume holds it', async () => {
    await using fly = await withFlyEmulator();
    const free = await startedMachine(fly);
    const volume = await newVolume(fly);
    const bound = await startedMachine(fly, { mounts: [{ volume: volume.id, path: '/data' }] });
    const before = (await getMachine(fly, free.id)).private_ip;
    for (const { id } of [free, bound]) {
      await tell(fly, id, 'stop');
      await reach(fly, id, 'stopped');
    }
    const [first, second] = fly.hosts.list().filter(({ region }) => region === 'sjc');
    for (const full of [first, second]) {
      for (const host of [first, second]) fly.hosts.setFull(host?.id ?? '', host === full);
      await fly.machines.find(fly.app, free.id)?.start('proxy');
      expect(fly.machines.find(fly.app, free.id)?.state).toBe('started');
      await tell(fly, free.id, 'stop');
      await reach(fly, free.id, 'stopped');
    }
    expect((await getMachine(fly, free.id)).private_ip).not.toBe(before);
    fly.hosts.setRegionFull('sjc', false);
    fly.hosts.setFull(volume.zone, true);
    await expect(fly.machines.find(fly.app, bound.id)?.start('proxy')).rejects.toThrow('could not reserve resource');
  });
});

describe('a host that nobody reaches', () => {
  it('is told of, with a part of the config that must not be written back', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { metadata: { row: '7' }, env: { SECRET: 'x' } });
    loseHosts(fly);
    const { body } = await callFly(fly, 'GET', `/machines/${id}`);
    expect(body).toMatchObject({
      state: 'started',
      host_status: 'unreachable',
      incomplete_config: { image: 'registry.fly.io/app:1', metadata: { row: '7' } },
    });
    expect(body).not.toHaveProperty('config');
    expect(body).not.toHaveProperty('incomplete_config.env');
    regainHosts(fly);
    expect((await callFly(fly, 'GET', `/machines/${id}`)).body).toMatchObject({ host_status: 'ok', config: {} });
  });

  it('takes no write and no look inside, and says which host it is', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const volume = await newVolume(fly);
    loseHosts(fly);
    const error = expect.stringMatching(/^unavailable: host sjc-[12] is unreachable$/);
    const machine = `/machines/${id}`;
    for (const [method, path, body] of [
      ['POST', machine, machineRequest()],
      ['POST', `${machine}/start`],
      ['POST', `${machine}/stop`],
      ['POST', `${machine}/lease`],
      ['POST', `${machine}/metadata/a`, { value: '1' }],
      ['POST', `${machine}/exec`, { command: ['true'] }],
      ['GET', `${machine}/ps`],
      ['POST', '/machines', machineRequest({ mounts: [{ volume: volume.id, path: '/data' }] })],
    ] as const) {
      expect(await callFly(fly, method, path, body), path).toMatchObject({ status: 503, body: { error } });
    }
  });

  it('cuts its machines off from all traffic', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const hosted = fly.machines.find(fly.app, id);
    loseHosts(fly);
    expect(hosted).toMatchObject({ state: 'started', address: undefined });
    await expect(hosted?.start('proxy')).rejects.toThrow('is unreachable');
    regainHosts(fly);
    expect(hosted?.address).toBeDefined();
  });

  it('holds up a destroy until it is back', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    const { id } = await startedMachine(fly);
    const pid = await programPid(fly, id);
    loseHosts(fly);
    expect((await callFly(fly, 'DELETE', `/machines/${id}?force=true`)).status).toBe(200);
    await fly.clock.advance(3_600_000);
    expect((await getMachine(fly, id)).state).toBe('destroying');
    expect(() => process.kill(pid, 0)).not.toThrow();
    regainHosts(fly);
    await reach(fly, id, 'destroyed');
  });

  it('does not keep the emulator from stopping while a destroy waits for it', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await createdMachine(fly);
    loseHosts(fly);
    await callFly(fly, 'DELETE', `/machines/${id}?force=true`);
    await fly.stop();
  });
});

function loseHosts(fly: TestFlyEmulator): void {
  for (const { id } of fly.hosts.list()) fly.hosts.setReachable(id, false);
}

function regainHosts(fly: TestFlyEmulator): void {
  for (const { id } of fly.hosts.list()) fly.hosts.setReachable(id, true);
}
