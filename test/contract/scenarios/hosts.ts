import { expect } from 'vitest';
import type { EmulatorStage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { getMachine, machineOrder, reach, restingMachine, startMachine, tell } from '../steps/machines.js';
import { expectOk, refusal } from '../steps/replies.js';
import { createVolume } from '../steps/volumes.js';

/** Room and reach, which nobody can arrange at Fly. */
export const hostScenarios: readonly Scenario[] = [
  {
    title: 'a machine in a region without room is refused with 422, and the body says why',
    needs: 'emulator',
    covers: ['1.2/422-region-full', '1.2/body-status', '7.9'],
    async run(stage) {
      stage.emulator.hosts.setRegionFull(stage.region, true);
      const reply = await stage.call('POST', '/machines', machineOrder(stage, {}, { name: stage.name('crowded') }));
      const { status } = refusal(reply, 422, /could not find a candidate host/);
      expect(status).toBe('insufficient_capacity');
      const elsewhere = await restingMachine(stage, 'elsewhere', {}, { region: `${stage.region},ams` });
      expect(elsewhere.region).toBe('ams');
    },
  },
  {
    title: 'a volume in a region without room is refused with 409',
    needs: 'emulator',
    covers: ['1.2/409-volume-no-room', '7.9'],
    async run(stage) {
      stage.emulator.hosts.setRegionFull(stage.region, true);
      const body = { name: stage.volumeName('crowded'), region: stage.region, size_gb: 1 };
      refusal(await stage.call('POST', '/volumes', body), 409, /^aborted: no capacity/);
    },
  },
  {
    title: 'a machine on a volume whose host is full is refused with 412, and the body says why',
    needs: 'emulator',
    covers: ['1.2/412-volume-host-full', '1.2/body-status', '7.9'],
    async run(stage) {
      const volume = await createVolume(stage, 'pinned');
      stage.emulator.hosts.setRegionFull(stage.region, true);
      const mounts = [{ volume: volume.id, path: '/data' }];
      const reply = await stage.call(
        'POST',
        '/machines',
        machineOrder(stage, { mounts }, { name: stage.name('pinned') }),
      );
      const { status } = refusal(reply, 412, /insufficient resources to create new machine with existing volume id/);
      expect(status).toBe('volume_placement_capacity');
    },
  },
  {
    title: 'a stopped machine whose host is full cannot start: 409, until there is room',
    needs: 'emulator',
    covers: ['1.2/409-host-full', '7.9'],
    async run(stage) {
      const made = await startMachine(stage, 'waiting');
      await tell(stage, made.id, 'stop');
      await reach(stage, made.id, 'stopped');
      stage.emulator.hosts.setRegionFull(stage.region, true);
      const full = /^aborted: (could not reserve resource for machine|insufficient)/;
      refusal(await stage.call('POST', `/machines/${made.id}/start`), 409, full);
      stage.emulator.hosts.setRegionFull(stage.region, false);
      await tell(stage, made.id, 'start');
      await reach(stage, made.id, 'started');
    },
  },
  {
    title: 'of a machine on a dead host the config is missing, writes fail, and a destroy ends when the host returns',
    needs: 'emulator',
    covers: ['1.9/dead-host', '1.2/5xx-unreachable', '7.9'],
    async run(stage) {
      const made = await startMachine(stage, 'cut-off', { metadata: { row: '1' } });
      setReachable(stage, false);
      const seen = await getMachine(stage, made.id);
      expect(seen).toMatchObject({ host_status: 'unreachable' });
      expect(seen.config).toBeUndefined();
      expect(seen.incomplete_config).toBeDefined();
      refusal(await stage.call('POST', `/machines/${made.id}/stop`), [408, 409, 412, 502, 503]);
      expectOk(await stage.call('DELETE', `/machines/${made.id}?force=true`));
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'destroying' });
      setReachable(stage, true);
      await reach(stage, made.id, 'destroyed');
    },
  },
];

function setReachable({ emulator, region }: EmulatorStage, reachable: boolean): void {
  const hosts = emulator.hosts.list().filter((host) => host.region === region);
  for (const host of hosts) emulator.hosts.setReachable(host.id, reachable);
}
