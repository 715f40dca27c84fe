import { expect } from 'vitest';
import type { Scenario } from '../scenario.js';
import { create, destroy, machineOrder, restingMachine } from '../steps/machines.js';
import { expectOk, refusal, shown } from '../steps/replies.js';
import { until } from '../steps/until.js';
import { createVolume, getVolume } from '../steps/volumes.js';

const mountOf = (volume: { id: string }) => ({ mounts: [{ volume: volume.id, path: '/data' }] });

export const volumeScenarios: readonly Scenario[] = [
  {
    title: 'a volume create answers 200 or 201 with the volume, and the same name makes another one',
    needs: 'any',
    covers: ['9/volume-create'],
    async run(stage) {
      const body = { name: stage.volumeName('plain'), region: stage.region, size_gb: 1, encrypted: true };
      const reply = await stage.call('POST', '/volumes', body);
      stage.onSeen('9/volume-create', String(reply.status));
      expect([200, 201], shown(reply)).toContain(reply.status);
      expect(reply.body).toMatchObject({
        name: body.name,
        size_gb: 1,
        region: stage.region,
        attached_machine_id: null,
      });
      const again = await createVolume(stage, 'plain');
      expect(again.id).not.toBe(Object(reply.body).id);
    },
  },
  {
    title: 'a volume outlives its machine, and stays bound for a while after it',
    needs: 'any',
    covers: ['1.2/412-volume-bound', '7.8'],
    async run(stage) {
      const volume = await createVolume(stage, 'bound');
      const made = await restingMachine(stage, 'holder', mountOf(volume));
      expect(await getVolume(stage, volume.id)).toMatchObject({ attached_machine_id: made.id });
      const bound = new RegExp(`volume is currently bound to machine: ${made.id}`);
      refusal(await stage.call('DELETE', `/volumes/${volume.id}`), 412, bound);
      await destroy(stage, made.id);
      const reply = await until(
        stage,
        () => stage.call('DELETE', `/volumes/${volume.id}`),
        ({ status }) => status !== 412,
      );
      expectOk(reply);
    },
  },
  {
    title: 'a machine on a volume that another one holds is refused with 412',
    needs: 'any',
    covers: ['1.2/412-volume-claimed'],
    async run(stage) {
      const volume = await createVolume(stage, 'claimed');
      const holder = await restingMachine(stage, 'first', mountOf(volume));
      const order = machineOrder(stage, mountOf(volume), { name: stage.name('second'), skip_launch: true });
      const { error } = refusal(await stage.call('POST', '/machines', order), 412, /volume already claimed by machine/);
      stage.onSeen('volume already claimed', error.includes(holder.id) ? 'names the holder' : 'does not name it');
    },
  },
  {
    title: 'a machine goes where its volume is',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const volume = await createVolume(stage, 'placed', { compute: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 } });
      const made = await create(stage, 'beside', mountOf(volume), { skip_launch: true });
      expect(made.region).toBe(volume.region);
    },
  },
  {
    title: 'a deleted volume is shown as gone for a while',
    needs: 'any',
    covers: ['7.8'],
    async run(stage) {
      const volume = await createVolume(stage, 'doomed');
      expectOk(await stage.call('DELETE', `/volumes/${volume.id}`));
      const reply = await stage.call('GET', `/volumes/${volume.id}`);
      if (reply.status !== 404) expect(Object(reply.body).state).toMatch(/destroy|fork_cleanup|waiting_for_detach/);
    },
  },
  {
    title: 'a volume grows and never shrinks',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const volume = await createVolume(stage, 'growing');
      const reply = await stage.call('PUT', `/volumes/${volume.id}/extend`, { size_gb: 2 });
      expect(reply).toMatchObject({ status: 200, body: { volume: { id: volume.id } } });
      await until(
        stage,
        () => getVolume(stage, volume.id),
        ({ size_gb }) => size_gb === 2,
      );
      refusal(await stage.call('PUT', `/volumes/${volume.id}/extend`, { size_gb: 1 }), [400, 412, 422]);
    },
  },
  {
    title: 'how long snapshots are kept can be changed',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const volume = await createVolume(stage, 'kept', { snapshot_retention: 7 });
      expect(await getVolume(stage, volume.id)).toMatchObject({ snapshot_retention: 7 });
      expectOk(
        await stage.call('PUT', `/volumes/${volume.id}`, { snapshot_retention: 14, auto_backup_enabled: false }),
      );
      const seen = await getVolume(stage, volume.id);
      expect(seen).toMatchObject({ snapshot_retention: 14, auto_backup_enabled: false });
      refusal(await stage.call('PUT', `/volumes/${volume.id}`, { snapshot_retention: 61 }), [400, 422]);
    },
  },
  {
    title: 'a volume has snapshots, which are taken on demand',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const volume = await createVolume(stage, 'snapped');
      const path = `/volumes/${volume.id}/snapshots`;
      expect(await stage.call('GET', path)).toMatchObject({ status: 200, body: [] });
      expectOk(await stage.call('POST', path));
      await until(
        stage,
        async () => (await stage.call('GET', path)).body,
        (list) => Array.isArray(list) && list.length === 1,
      );
    },
  },
  {
    title: 'a volume that was freed can be used again, and a deleted one is listed until it is gone',
    needs: 'emulator',
    covers: ['7.8', '1.2/412-volume-bound'],
    options: { timings: { volumeUnbindMs: 120_000, volumePendingDestroyMs: 86_400_000 } },
    async run(stage) {
      const volume = await createVolume(stage, 'slow');
      const made = await restingMachine(stage, 'holder', mountOf(volume));
      await destroy(stage, made.id);
      refusal(await stage.call('DELETE', `/volumes/${volume.id}`), 412);
      await stage.emulator.clock.advance(120_000);
      const next = await restingMachine(stage, 'next', mountOf(volume));
      await destroy(stage, next.id);
      await stage.emulator.clock.advance(120_000);
      expectOk(await stage.call('DELETE', `/volumes/${volume.id}`));
      const listed = await stage.call('GET', '/volumes');
      expect(listed.body).toMatchObject([{ id: volume.id, state: 'pending_destroy' }]);
      await stage.emulator.clock.advance(86_400_000);
      refusal(await stage.call('GET', `/volumes/${volume.id}`), 404, /volume not found/);
    },
  },
];
