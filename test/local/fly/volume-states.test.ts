import { describe, expect, it } from 'vitest';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine, getVolume, machineRequest, newVolume } from '../../support/fly-machines.js';
import { snapshotsOf } from '../../support/fly-volumes.js';

const timings = {
  volumeCreateMs: 1000,
  volumeRestoreMs: 5000,
  volumeExportMs: 2000,
  volumeHydrateMs: 8000,
  volumeExtendMs: 3000,
  volumeScheduleDestroyMs: 4000,
  volumePendingDestroyMs: 24 * 3600 * 1000,
};

async function heldEmulator(): Promise<TestFlyEmulator> {
  const fly = await withFlyEmulator({ timings });
  fly.clock.hold();
  return fly;
}

/** The volume's states, asked before anything and after each of the waits. */
async function statesAfter(fly: TestFlyEmulator, id: string, ...waitsMs: number[]): Promise<readonly string[]> {
  const states = [(await getVolume(fly, id)).state];
  for (const ms of waitsMs) {
    await fly.clock.advance(ms);
    states.push((await getVolume(fly, id)).state);
  }
  return states;
}

describe('a volume passes through the published states', () => {
  it('when it is created', async () => {
    await using fly = await heldEmulator();
    const { id } = await newVolume(fly);
    expect(await statesAfter(fly, id, 999, 1)).toEqual(['creating', 'creating', 'created']);
  });

  it('when it is a copy of another', async () => {
    await using fly = await heldEmulator();
    const source = await newVolume(fly);
    const { id } = await newVolume(fly, { source_volume_id: source.id });
    expect(await statesAfter(fly, id, 1000, 2000, 8000)).toEqual([
      'creating',
      'enabling_remote_export',
      'hydrating',
      'created',
    ]);
  });

  it('when it is restored from a snapshot', async () => {
    await using fly = await heldEmulator();
    const source = await newVolume(fly);
    await callFly(fly, 'POST', `/volumes/${source.id}/snapshots`);
    await fly.clock.advance(1000);
    const [snapshot] = await snapshotsOf(fly, source.id);
    const { id } = await newVolume(fly, { snapshot_id: snapshot?.id });
    expect(await statesAfter(fly, id, 1000, 5000)).toEqual(['creating', 'restoring', 'created']);
  });

  it('when it grows', async () => {
    await using fly = await heldEmulator();
    const { id } = await newVolume(fly);
    await fly.clock.advance(1000);
    await callFly(fly, 'PUT', `/volumes/${id}/extend`, { size_gb: 10 });
    await createdMachine(fly, { mounts: [{ volume: id, path: '/data' }] }, { skip_launch: true });
    expect(await statesAfter(fly, id, 3000)).toEqual(['extending', 'created']);
  });

  it('when it is deleted, and is gone a day later', async () => {
    await using fly = await heldEmulator();
    const { id } = await newVolume(fly);
    await callFly(fly, 'DELETE', `/volumes/${id}`);
    expect(await statesAfter(fly, id, 4000)).toEqual(['scheduling_destroy', 'pending_destroy']);
    await fly.clock.advance(24 * 3600 * 1000);
    expect((await callFly(fly, 'GET', `/volumes/${id}`)).status).toBe(404);
  });
});

describe('a volume takes a machine', () => {
  const on = (id: string) => machineRequest({ mounts: [{ volume: id, path: '/data' }] }, { skip_launch: true });

  it('while it is created and while it hydrates, but not before its data is there', async () => {
    await using fly = await heldEmulator();
    const source = await newVolume(fly);
    const copy = await newVolume(fly, { source_volume_id: source.id });
    await fly.clock.advance(1000);
    expect(await callFly(fly, 'POST', '/machines', on(copy.id))).toMatchObject({
      status: 412,
      body: { error: expect.stringContaining('enabling_remote_export') },
    });
    await fly.clock.advance(2000);
    expect((await callFly(fly, 'POST', '/machines', on(copy.id))).status).toBe(200);
    expect((await callFly(fly, 'POST', '/machines', on((await newVolume(fly)).id))).status).toBe(200);
  });
});
