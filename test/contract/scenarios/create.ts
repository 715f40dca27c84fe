import { expect } from 'vitest';
import type { Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { create, destroy, getMachine, machineOf, machineOrder, restingMachine } from '../steps/machines.js';
import { refusal, shown } from '../steps/replies.js';

export const createScenarios: readonly Scenario[] = [
  {
    title: 'a create answers the machine at once, and it starts by itself',
    needs: 'any',
    covers: ['7.1', '7.2'],
    async run(stage) {
      const made = await create(stage, 'one', { metadata: { row: 'one' }, env: { GREETING: 'hello' } });
      expect(made).toMatchObject({ name: stage.name('one'), region: stage.region });
      expect(made.id).toMatch(/^[0-9a-f]{14}$/);
      expect(made.instance_id).toMatch(/^[0-9A-Z]{26}$/);
      const started = await startedAgain(stage, made.id);
      expect(started).toMatchObject({ state: 'started', config: { metadata: { row: 'one' } } });
    },
  },
  {
    title: 'a name in use is refused with the id of who has it, and is free once that machine is destroyed',
    needs: 'any',
    covers: ['1.2/409-name-taken', '1.2/text-code', '1.2/error-shape', '1.9/fixed-names', '7.5'],
    async run(stage) {
      const first = await restingMachine(stage, 'twin');
      const again = machineOrder(stage, {}, { name: stage.name('twin'), skip_launch: true });
      const { error } = refusal(await stage.call('POST', '/machines', again), 409, /^already_exists: /);
      expect(error).toContain(`machine ID ${first.id} already exists with name "${stage.name('twin')}"`);
      await destroy(stage, first.id);
      expect(machineOf(await stage.call('POST', '/machines', again)).id).not.toBe(first.id);
    },
  },
  {
    title: 'a machine without a name gets one',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = machineOf(await stage.call('POST', '/machines', machineOrder(stage, {}, { skip_launch: true })));
      expect(made.name).not.toBe('');
    },
  },
  {
    title: 'a machine that is not launched stays created until it is told to start',
    needs: 'any',
    covers: ['7.3'],
    async run(stage) {
      const made = await restingMachine(stage, 'later');
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'created' });
      const reply = await stage.call('POST', `/machines/${made.id}/start`);
      expect(reply, shown(reply)).toMatchObject({ status: 200, body: { previous_state: 'created' } });
      await startedAgain(stage, made.id);
    },
  },
  {
    title: 'of a list of regions the machine gets one, and says which',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'anywhere', {}, { region: `${stage.region},any` });
      expect(made.region).toMatch(/^[a-z]{3}$/);
    },
  },
  {
    title: 'keys that the API does not know are ignored without a word',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const name = stage.name('loose');
      const service = { protocol: 'tcp', internal_port: 80, ports: [], auto_stop_machines: 'suspend' };
      const order = machineOrder(stage, { services: [service], colour: 'blue' }, { name, skip_launch: true });
      const made = machineOf(await stage.odd('POST', '/machines', order));
      expect(JSON.stringify(made.config)).not.toMatch(/colour|auto_stop_machines/);
    },
  },
  {
    title: 'a named size stands for a guest',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'sized', { guest: undefined, size: 'shared-cpu-1x' });
      expect(made.config?.guest).toMatchObject({ cpu_kind: 'shared', cpus: 1, memory_mb: 256 });
    },
  },
];

async function startedAgain(stage: Stage, id: string) {
  const reply = await stage.call('GET', `/machines/${id}/wait?state=started&timeout=60`);
  expect(reply, shown(reply)).toMatchObject({ status: 200, body: { ok: true } });
  return getMachine(stage, id);
}
