import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  destroyed,
  getVolume,
  machineRequest,
  newVolume,
  startedMachine,
} from '../../support/fly-machines.js';

const mounted = (volumeId: string) => ({
  env: { VALET_DATA_DIR: '/data' },
  mounts: [{ volume: volumeId, path: '/data' }],
});

describe('volumes', () => {
  it('outlive their machine with all that is on them', async () => {
    await using fly = await withFlyEmulator({ timings: { volumeUnbindMs: 0 } });
    const volume = await newVolume(fly);
    const first = await startedMachine(fly, mounted(volume.id));
    expect(await askProgram(fly, first.id, '/boots')).toEqual({ boots: 1 });
    await destroyed(fly, first.id);
    const second = await startedMachine(fly, mounted(volume.id));
    expect(await askProgram(fly, second.id, '/boots')).toEqual({ boots: 2 });
  });

  it('are refused to a second machine, and to any machine when they do not exist', async () => {
    await using fly = await withFlyEmulator();
    const volume = await newVolume(fly);
    const { id } = await startedMachine(fly, mounted(volume.id));
    expect((await getVolume(fly, volume.id)).attached_machine_id).toBe(id);
    expect(await callFly(fly, 'POST', '/machines', machineRequest(mounted(volume.id)))).toMatchObject({
      status: 412,
      body: { error: `failed_precondition: volume already claimed by machine ${id}` },
    });
    expect(await callFly(fly, 'POST', '/machines', machineRequest(mounted('vol_unknown')))).toMatchObject({
      status: 400,
      body: { error: 'invalid_argument: volume does not exist' },
    });
  });

  it('stay bound for a while after their machine was destroyed', async () => {
    await using fly = await withFlyEmulator({ timings: { volumeUnbindMs: 120_000 } });
    const volume = await newVolume(fly);
    const { id } = await startedMachine(fly, mounted(volume.id));
    await destroyed(fly, id);
    expect(await callFly(fly, 'DELETE', `/volumes/${volume.id}`)).toMatchObject({
      status: 412,
      body: { error: `failed_precondition: volume is currently bound to machine: ${id}` },
    });
    await fly.clock.advance(120_000);
    expect((await callFly(fly, 'DELETE', `/volumes/${volume.id}`)).status).toBe(200);
  });

  it('are pending_destroy for a while after their deletion and then gone; their folder goes at once', async () => {
    await using fly = await withFlyEmulator({
      timings: { volumeScheduleDestroyMs: 0, volumePendingDestroyMs: 60_000 },
    });
    const volume = await newVolume(fly);
    const folder = join(fly.dir, 'volumes', volume.id);
    expect(existsSync(folder)).toBe(true);
    await callFly(fly, 'DELETE', `/volumes/${volume.id}`);
    expect(existsSync(folder)).toBe(false);
    expect((await getVolume(fly, volume.id)).state).toBe('pending_destroy');
    expect((await callFly(fly, 'GET', '/volumes')).body).toMatchObject([{ id: volume.id, state: 'pending_destroy' }]);
    expect((await callFly(fly, 'POST', '/machines', machineRequest(mounted(volume.id)))).status).toBe(400);
    await fly.clock.advance(60_000);
    expect((await callFly(fly, 'GET', `/volumes/${volume.id}`)).status).toBe(404);
    expect((await callFly(fly, 'GET', '/volumes')).body).toEqual([]);
  });

  it('grow and never shrink', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly);
    expect((await callFly(fly, 'PUT', `/volumes/${id}/extend`, { size_gb: 5 })).body).toMatchObject({
      volume: { id, size_gb: 5 },
      needs_restart: false,
    });
    expect((await callFly(fly, 'PUT', `/volumes/${id}/extend`, { size_gb: 4 })).status).toBe(400);
  });

  it('may need a restart of their machine after they have grown', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { extendNeedsRestart: 'while_attached' } });
    const { id } = await newVolume(fly);
    const extend = async (size_gb: number) => (await callFly(fly, 'PUT', `/volumes/${id}/extend`, { size_gb })).body;
    expect(await extend(4)).toMatchObject({ needs_restart: false });
    await startedMachine(fly, mounted(id));
    expect(await extend(5)).toMatchObject({ needs_restart: true });
  });

  it('may name a holder of NUL characters just after it was destroyed', async () => {
    await using fly = await withFlyEmulator({
      timings: { volumeUnbindMs: 120_000 },
      unconfirmed: { deadClaimant: 'nul' },
    });
    const volume = await newVolume(fly);
    const { id } = await startedMachine(fly, mounted(volume.id));
    const claim = () => callFly(fly, 'POST', '/machines', machineRequest(mounted(volume.id)));
    expect((await claim()).body).toEqual({ error: `failed_precondition: volume already claimed by machine ${id}` });
    await destroyed(fly, id);
    expect(await claim()).toMatchObject({
      status: 412,
      body: { error: `failed_precondition: volume already claimed by machine ${'\0'.repeat(14)}` },
    });
  });
});
