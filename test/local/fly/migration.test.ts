import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  destroyed,
  getMachine,
  getVolume,
  newVolume,
  programPid,
  reach,
  startedMachine,
  tell,
  waitInVain,
} from '../../support/fly-machines.js';

describe('a migration between hosts', () => {
  it('keeps id, name and data, and changes volume, address and version', async () => {
    await using fly = await withFlyEmulator({ timings: { volumeMigratedPendingMs: 60_000 } });
    const volume = await newVolume(fly);
    const before = await startedMachine(fly, {
      env: { VALET_DATA_DIR: '/data' },
      mounts: [{ volume: volume.id, path: '/data' }],
    });
    expect(await askProgram(fly, before.id, '/boots')).toEqual({ boots: 1 });
    const pid = await programPid(fly, before.id);
    fly.migrate(before.id);
    await reach(fly, before.id, 'started');
    const after = await getMachine(fly, before.id);
    const copy = after.config?.mounts?.[0]?.volume ?? '';
    expect(copy).not.toBe(volume.id);
    expect(after.name).toBe(before.name);
    expect(after.private_ip).not.toBe(before.private_ip);
    expect(await askProgram(fly, before.id, '/boots')).toEqual({ boots: 2 });
    expect(await programPid(fly, before.id)).not.toBe(pid);
    expect(await getVolume(fly, copy)).toMatchObject({ attached_machine_id: before.id });
    expect(await getVolume(fly, volume.id)).toMatchObject({ state: 'pending_destroy', attached_machine_id: null });
    expect(after.events).toContainEqual(expect.objectContaining({ type: 'launch', request: { migrated: true } }));
    expect(await waitInVain(fly, before.id, `version=${before.instance_id}`)).toMatchObject({
      status: 408,
      body: { error: expect.stringContaining('currently migrated') },
    });
  });

  it('leaves a suspended machine stopped, without its snapshot', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await askProgram(fly, id, '/count');
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    fly.migrate(id);
    await reach(fly, id, 'stopped');
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/count')).toEqual({ counter: 1 });
  });

  it('that finds no place any more leaves the machine where it was, and running', async () => {
    await using fly = await withFlyEmulator();
    const volume = await newVolume(fly);
    const { id, private_ip, instance_id } = await startedMachine(fly, {
      mounts: [{ volume: volume.id, path: '/data' }],
    });
    await programPid(fly, id);
    fly.migrate(id);
    fly.hosts.setRegionFull('sjc', true);
    await reach(fly, id, 'started');
    const after = await getMachine(fly, id);
    expect(after).toMatchObject({ private_ip, instance_id, config: { mounts: [{ volume: volume.id }] } });
    expect(after.events).not.toContainEqual(expect.objectContaining({ request: { migrated: true } }));
    expect(await getVolume(fly, volume.id)).toMatchObject({ state: 'created', attached_machine_id: id });
  });

  it('refuses a start meanwhile, and a destroy ends it with all that it made', async () => {
    await using fly = await withFlyEmulator({ timings: { stopMs: 60_000, volumeUnbindMs: 0 } });
    const volume = await newVolume(fly);
    const { id } = await startedMachine(fly, { mounts: [{ volume: volume.id, path: '/data' }] });
    fly.migrate(id);
    expect((await callFly(fly, 'POST', `/machines/${id}/start`)).status).toBe(412);
    await destroyed(fly, id);
    expect((await callFly(fly, 'GET', '/volumes')).body).toMatchObject([{ id: volume.id, state: 'created' }]);
    expect((await callFly(fly, 'DELETE', `/volumes/${volume.id}`)).status).toBe(200);
  });

  it('needs a machine, and another host of its region with room', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    expect(() => fly.migrate('00000000000000')).toThrow('no machine 00000000000000');
    fly.hosts.setRegionFull('sjc', true);
    expect(() => fly.migrate(id)).toThrow('No other host of sjc');
    expect((await getMachine(fly, id)).state).toBe('started');
  });
});
