import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import { newVolume } from '../../support/fly-machines.js';
import { fileOn, snapshotsOf } from '../../support/fly-volumes.js';

const dayMs = 24 * 3600 * 1000;
/** Snapshots the volume and waits until it is complete. */
async function snapshotOf(fly: TestFlyEmulator, volumeId: string): Promise<string> {
  expect((await callFly(fly, 'POST', `/volumes/${volumeId}/snapshots`)).status).toBe(200);
  await fly.clock.advance(100);
  return (await snapshotsOf(fly, volumeId)).at(-1)?.id ?? '';
}

describe('a snapshot', () => {
  it('is waiting, then running, then created', async () => {
    await using fly = await withFlyEmulator({ timings: { snapshotWaitMs: 1000, snapshotRunMs: 2000 } });
    fly.clock.hold();
    const { id } = await newVolume(fly);
    await callFly(fly, 'POST', `/volumes/${id}/snapshots`);
    const statuses: string[] = [];
    for (const waitMs of [0, 1000, 2000]) {
      await fly.clock.advance(waitMs);
      statuses.push(...(await snapshotsOf(fly, id)).map(({ status }) => status));
    }
    expect(statuses).toEqual(['waiting', 'running', 'created']);
  });

  it('goes on from state to state and never back, however much the times vary', async () => {
    const draws = [0, 0.9];
    await using fly = await withFlyEmulator({ pace: 'fly', random: () => draws.reverse()[0] ?? 0 });
    fly.clock.hold();
    fly.pace.setAnswers({ '*': 0 });
    const { id } = await newVolume(fly);
    await callFly(fly, 'POST', `/volumes/${id}/snapshots`);
    const seen: string[] = [];
    for (let secs = 0; secs < 30; secs++) {
      seen.push(...(await snapshotsOf(fly, id)).map(({ status }) => status));
      await fly.clock.advance(1000);
    }
    expect(seen.filter((status, at) => status !== seen[at - 1])).toEqual(['waiting', 'running', 'created']);
  });

  it('keeps what was on the volume when it was taken, whatever becomes of the volume', async () => {
    await using fly = await withFlyEmulator();
    const volume = await newVolume(fly);
    await writeFile(fileOn(fly, volume.id), 'before');
    const snapshot = await snapshotOf(fly, volume.id);
    await writeFile(fileOn(fly, volume.id), 'after');
    await callFly(fly, 'DELETE', `/volumes/${volume.id}`);
    const restored = await newVolume(fly, { snapshot_id: snapshot });
    expect(await readFile(fileOn(fly, restored.id), 'utf8')).toBe('before');
  });

  it('ends with the retention that its volume had then', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly, { snapshot_retention: 2 });
    const first = await snapshotOf(fly, id);
    await callFly(fly, 'PUT', `/volumes/${id}`, { snapshot_retention: 7 });
    const second = await snapshotOf(fly, id);
    expect(await snapshotsOf(fly, id)).toMatchObject([{ retention_days: 2 }, { retention_days: 7 }]);
    await fly.clock.advance(2 * dayMs);
    expect((await snapshotsOf(fly, id)).map((snapshot) => snapshot.id)).toEqual([second]);
    const late = await callFly(fly, 'POST', '/volumes', { name: 'late', snapshot_id: first });
    expect(late).toMatchObject({ status: 400, body: { error: 'invalid_argument: snapshot does not exist' } });
  });

  it('fills no volume smaller than the one it was taken from, and one of that size by default', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly, { size_gb: 7 });
    const snapshot = await snapshotOf(fly, id);
    const restore = (fields: object) =>
      callFly(fly, 'POST', '/volumes', { name: 'r', snapshot_id: snapshot, ...fields });
    expect((await restore({ size_gb: 6 })).status).toBe(400);
    expect(await restore({})).toMatchObject({ status: 201, body: { size_gb: 7 } });
  });
});
