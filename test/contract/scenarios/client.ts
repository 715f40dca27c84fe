import { expect } from 'vitest';
import type { FlyCreateMachine } from '../../../src/sdk/fly/wire.js';
import type { Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { listedIds } from '../steps/machines.js';

/** The same through Valet's own client: whatever it sends passes the recorder. */
export const clientScenarios: readonly Scenario[] = [
  {
    title: 'Valet’s client leads a machine with a volume through its whole life',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const { fly, patienceMs: timeoutMs } = stage;
      const volume = await fly.createVolume({ name: stage.volumeName('life'), region: stage.region, size_gb: 1 });
      const order = clientOrder(stage, 'life');
      const config = { ...order.config, mounts: [{ volume: volume.id, path: '/data' }] };
      const made = await fly.createMachine({ ...order, config });
      expect(await fly.waitForState(made.id, ['started', 'failed'], { timeoutMs })).toBe('started');
      await fly.suspendMachine(made.id);
      await fly.waitForState(made.id, 'suspended', { timeoutMs });
      await fly.startMachine(made.id);
      await fly.startMachine(made.id);
      await fly.waitForState(made.id, 'started', { timeoutMs });
      const updated = await fly.updateMachine(made.id, { config: { ...config, env: { STEP: 'two' } } });
      await fly.waitForState(made.id, 'started', { timeoutMs, version: updated.instance_id });
      await fly.stopMachine(made.id);
      await fly.waitForState(made.id, 'stopped', { timeoutMs, version: updated.instance_id });
      // Old servers ask for the version of what is to be stopped, and know no `failed`.
      expect(await fly.waitForState(made.id, ['stopped', 'failed'], { timeoutMs })).toBe('stopped');
      expect((await fly.getMachine(made.id)).config?.env).toMatchObject({ STEP: 'two' });
      await fly.deleteMachine(made.id);
      await fly.waitForState(made.id, 'destroyed', { timeoutMs });
      await expect(fly.waitForMachine(made.id, { timeoutMs })).rejects.toMatchObject({ advice: 'gone' });
      await fly.deleteMachine(made.id);
      expect((await fly.getVolume(volume.id)).id).toBe(volume.id);
      expect((await fly.listVolumes()).map(({ id }) => id)).toContain(volume.id);
      expect(await fly.getApp()).toMatchObject({ name: stage.app });
    },
  },
  {
    title: 'Valet’s client reads and writes what goes with a machine and its volume',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const { fly, patienceMs: timeoutMs } = stage;
      const volume = await fly.createVolume({ name: stage.volumeName('notes'), region: stage.region, size_gb: 1 });
      const made = await fly.createMachine(clientOrder(stage, 'notes'));
      await fly.waitForMachine(made.id, { timeoutMs });
      await fly.setMetadata(made.id, 'one', '1');
      await fly.mergeMetadata(made.id, { two: '2', one: null });
      expect(await fly.getMetadata(made.id)).toMatchObject({ valet_machine: stage.name('notes'), two: '2' });
      await fly.deleteMetadata(made.id, 'two');
      await fly.deleteMetadata(made.id, 'two');
      expect(await fly.getMetadata(made.id)).not.toHaveProperty('one');
      expect((await fly.listEvents(made.id)).map(({ type }) => type)).toContain('launch');
      expect((await fly.extendVolume(volume.id, 2)).volume).toMatchObject({ id: volume.id });
      await fly.deleteVolume(volume.id);
      await fly.deleteVolume(volume.id);
      expect((await fly.listRegions()).regions.map(({ code }) => code)).toContain(stage.region);
    },
  },
  {
    title: 'Valet’s client asks where there is room',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const compute = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 } as const;
      const found = await stage.fly.getPlacements({ region: stage.region, count: 1, compute });
      expect(found.map(({ region }) => region)).toContain(stage.region);
    },
  },
  {
    title: 'a create that is repeated under its fixed name adopts the machine of the first',
    needs: 'any',
    covers: ['1.9/fixed-names', '1.9/create-after-proof'],
    async run(stage) {
      const order = clientOrder(stage, 'fixed');
      const first = await stage.fly.createMachine(order);
      const second = await stage.fly.createMachine(order);
      expect(second.id).toBe(first.id);
    },
  },
  {
    title: 'after a create whose answer is lost the machine is found and adopted, and there is only one',
    needs: 'emulator',
    covers: ['1.9/create-after-proof', '7.9'],
    async run(stage) {
      stage.emulator.faults.add({ call: 'create_machine', kind: 'lose_answer', times: 1 });
      const made = await stage.fly.createMachine(clientOrder(stage, 'unheard'));
      expect(await listedIds(stage)).toEqual([made.id]);
    },
  },
  {
    title: 'after a create that answers 408 the machine is found and adopted, and there is only one',
    needs: 'emulator',
    covers: ['1.2/408-create', '1.9/create-after-proof', '7.9'],
    async run(stage) {
      const late = {
        kind: 'refuse',
        status: 408,
        error: 'deadline_exceeded: request timed out',
        afterActing: true,
      } as const;
      stage.emulator.faults.add({ call: 'create_machine', times: 1, ...late });
      const made = await stage.fly.createMachine(clientOrder(stage, 'late'));
      expect(await listedIds(stage)).toEqual([made.id]);
    },
  },
];

function clientOrder(stage: Stage, label: string): FlyCreateMachine {
  const name = stage.name(label);
  return {
    name,
    region: stage.region,
    config: {
      image: stage.image,
      guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
      metadata: { valet_machine: name },
      restart: { policy: 'on-failure', max_retries: 3 },
      services: [
        {
          protocol: 'tcp',
          internal_port: 80,
          ports: [{ port: 80, handlers: ['http'] }],
          autostop: 'suspend',
          autostart: true,
        },
      ],
    },
  };
}
