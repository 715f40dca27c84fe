import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  createdMachine,
  destroyed,
  expectGone,
  getMachine,
  programPid,
  reach,
  service,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('what the proxy sees of a machine', () => {
  it('is its first service, its state and where its program listens', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { services: [{ ...service, autostart: true, autostop: true }] });
    const hosted = fly.machines.find(fly.app, id);
    expect(hosted).toMatchObject({
      id,
      app: fly.app,
      region: 'sjc',
      state: 'started',
      service: { internalPort: 3000, autostart: true, autostop: 'stop' },
      address: { host: '127.0.0.1', port: expect.any(Number) },
    });
    expect(fly.machines.list(fly.app).map((machine) => machine.id)).toEqual([id]);
    expect(fly.machines.find('other-app', id)).toBeUndefined();
    await destroyed(fly, id);
    expect(fly.machines.find(fly.app, id)).toBeUndefined();
    expect(fly.machines.list(fly.app)).toEqual([]);
  });

  it('starts what traffic asks for, and the event names the proxy', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const hosted = fly.machines.find(fly.app, id);
    await hosted?.autostop('suspend');
    expect(hosted?.state).toBe('suspended');
    await Promise.all([hosted?.start('proxy'), hosted?.start('proxy')]);
    expect(hosted?.state).toBe('started');
    expect((await getMachine(fly, id)).events[1]).toMatchObject({ type: 'start', status: 'starting', source: 'proxy' });
  });

  it('is stopped where it cannot be suspended', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { schedule: 'daily' });
    const hosted = fly.machines.find(fly.app, id);
    await hosted?.autostop('suspend');
    expect(hosted?.state).toBe('stopped');
  });

  it('refuses a start in a state that forbids it', async () => {
    await using fly = await withFlyEmulator({ timings: { stopMs: 60_000 } });
    const { id } = await startedMachine(fly);
    await tell(fly, id, 'stop');
    await expect(fly.machines.find(fly.app, id)?.start('proxy')).rejects.toThrow("'stopping'");
  });
});

describe('stopping the emulator', () => {
  it('leaves no process, running, paused or of a grandchild, and is safe to repeat', async () => {
    await using fly = await withFlyEmulator();
    const running = await startedMachine(fly);
    const paused = await startedMachine(fly);
    const pids = [
      await programPid(fly, running.id),
      await programPid(fly, running.id, '/child'),
      await programPid(fly, paused.id),
      await programPid(fly, paused.id, '/child'),
    ];
    await tell(fly, paused.id, 'suspend');
    await reach(fly, paused.id, 'suspended');
    await fly.stop();
    await fly.stop();
    for (const pid of pids) await expectGone(pid);
    await expect(fetch(fly.url)).rejects.toThrow();
  });

  it('cuts a wait and a start that are under way', async () => {
    await using fly = await withFlyEmulator({ timings: { startMs: 60_000, destroyMs: 60_000 } });
    const { id } = await createdMachine(fly);
    const waiting = expect(callFly(fly, 'GET', `/machines/${id}/wait?timeout=60`)).rejects.toThrow();
    await fly.stop();
    await waiting;
  });
});
