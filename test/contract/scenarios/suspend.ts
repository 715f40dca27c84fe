import { expect } from 'vitest';
import { askProgram } from '../../support/fly-machines.js';
import type { Scenario } from '../scenario.js';
import { getMachine, machineOf, machineOrder, reach, startMachine, tell } from '../steps/machines.js';
import { refusal } from '../steps/replies.js';

const ineligible = [
  ['swap', { init: { swap_size_mb: 256 } }],
  ['a schedule', { schedule: 'monthly' }],
  ['more than 4 GB of memory', { guest: { cpu_kind: 'performance', cpus: 1, memory_mb: 8192 } }],
] as const;

export const suspendScenarios: readonly Scenario[] = [
  {
    title: 'a machine suspends and resumes by an ordinary start',
    needs: 'any',
    covers: ['7.11'],
    async run(stage) {
      const made = await startMachine(stage, 'naps');
      await tell(stage, made.id, 'suspend');
      await reach(stage, made.id, 'suspended');
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'suspended', instance_id: made.instance_id });
      const reply = await stage.call('POST', `/machines/${made.id}/start`);
      expect(reply).toMatchObject({ status: 200, body: { previous_state: 'suspended' } });
      await reach(stage, made.id, 'started');
    },
  },
  ...ineligible.map(
    ([obstacle, config]): Scenario => ({
      title: `a machine with ${obstacle} cannot be suspended: some refusal`,
      needs: 'any',
      covers: ['9/suspend-ineligible', '7.11'],
      async run(stage) {
        const made = await startMachine(stage, 'heavy', config);
        const reply = await stage.call('POST', `/machines/${made.id}/suspend`);
        stage.onSeen('9/suspend-ineligible', `${obstacle}: ${reply.status}`);
        if (reply.status !== 200) refusal(reply, [400, 409, 412, 422]);
        // Fly may stop it instead, as autostop does.
        else await reach(stage, made.id, 'stopped');
      },
    }),
  ),
  {
    title: 'whether a machine of 4 GB can be suspended is not agreed on',
    needs: 'any',
    covers: ['9/suspend-limit'],
    async run(stage) {
      const made = await startMachine(stage, 'roomy', { guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 } });
      const reply = await stage.call('POST', `/machines/${made.id}/suspend`);
      stage.onSeen('9/suspend-limit', `4 GB: ${reply.status}`);
      if (reply.status !== 200) refusal(reply, [400, 409, 412, 422]);
    },
  },
  {
    title: 'an update of a suspended machine leaves it stopped, without its snapshot',
    needs: 'any',
    covers: ['7.11'],
    async run(stage) {
      const made = await startMachine(stage, 'updated');
      await tell(stage, made.id, 'suspend');
      await reach(stage, made.id, 'suspended');
      const updated = machineOf(
        await stage.call('POST', `/machines/${made.id}`, machineOrder(stage, { env: { A: '1' } })),
      );
      await reach(stage, made.id, 'stopped');
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'stopped', instance_id: updated.instance_id });
    },
  },
  {
    title: 'the memory of a suspended machine survives, unless its snapshot is lost',
    needs: 'emulator',
    covers: ['7.11'],
    async run(stage) {
      const { emulator } = stage;
      const made = await startMachine(stage, 'memory');
      const nap = async () => {
        await tell(stage, made.id, 'suspend');
        await reach(stage, made.id, 'suspended');
      };
      expect(await askProgram(emulator, made.id, '/count')).toEqual({ counter: 1 });
      await nap();
      await tell(stage, made.id, 'start');
      await reach(stage, made.id, 'started');
      expect(await askProgram(emulator, made.id, '/count')).toEqual({ counter: 2 });
      await nap();
      emulator.faults.loseSnapshot(made.id);
      await tell(stage, made.id, 'start');
      await reach(stage, made.id, 'started');
      expect(await askProgram(emulator, made.id, '/count')).toEqual({ counter: 1 });
    },
  },
];
