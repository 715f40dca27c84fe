import { expect } from 'vitest';
import type { Scenario } from '../scenario.js';
import { getMachine, machineOf, machineOrder, reach, restingMachine, startMachine } from '../steps/machines.js';
import { refusal } from '../steps/replies.js';

export const updateScenarios: readonly Scenario[] = [
  {
    title: 'an update replaces the whole config and makes a new version',
    needs: 'any',
    covers: ['7.2'],
    async run(stage) {
      const made = await restingMachine(stage, 'whole', { env: { OLD: '1' }, metadata: { old: '1' } });
      const order = machineOrder(stage, { metadata: { fresh: '1' } }, { skip_launch: true });
      const updated = machineOf(await stage.call('POST', `/machines/${made.id}`, order));
      expect(updated.instance_id).not.toBe(made.instance_id);
      expect(updated.instance_id).toMatch(/^[0-9A-Z]{26}$/);
      await reach(stage, made.id, 'settled');
      const { config } = await getMachine(stage, made.id);
      expect(config?.metadata).toMatchObject({ fresh: '1' });
      expect(config?.metadata).not.toHaveProperty('old');
      expect(config?.env ?? {}).not.toHaveProperty('OLD');
    },
  },
  {
    title: 'an update of a started machine starts it again',
    needs: 'any',
    covers: ['7.3'],
    async run(stage) {
      const made = await startMachine(stage, 'again');
      const updated = machineOf(
        await stage.call('POST', `/machines/${made.id}`, machineOrder(stage, { env: { A: '2' } })),
      );
      const reply = await stage.call('GET', `/machines/${made.id}/wait?state=started&version=${updated.instance_id}`);
      expect(reply.status).toBe(200);
    },
  },
  {
    title: 'an update for a version that is not the current one is refused with 409 or 412',
    needs: 'any',
    covers: ['9/current-version'],
    async run(stage) {
      const made = await restingMachine(stage, 'stale');
      const stale = machineOrder(stage, {}, { skip_launch: true, current_version: '01HZZZZZZZZZZZZZZZZZZZZZZZ' });
      const reply = await stage.call('POST', `/machines/${made.id}`, stale);
      stage.onSeen('9/current-version', String(reply.status));
      refusal(reply, [409, 412]);
      const fresh = machineOrder(stage, {}, { skip_launch: true, current_version: made.instance_id });
      machineOf(await stage.call('POST', `/machines/${made.id}`, fresh));
    },
  },
  {
    title: 'of two updates at once one is refused with 409',
    needs: 'emulator',
    covers: ['1.2/409-concurrent-update', '1.2/412-start', '7.3'],
    async run(stage) {
      const made = await startMachine(stage, 'raced');
      stage.emulator.clock.hold();
      machineOf(await stage.call('POST', `/machines/${made.id}`, machineOrder(stage)));
      const second = await stage.call('POST', `/machines/${made.id}`, machineOrder(stage));
      refusal(second, 409, /^aborted: machine update failed due to concurrent update/);
      const start = await stage.call('POST', `/machines/${made.id}/start`);
      refusal(start, 412, /machine getting replaced, refusing to start|current state: 'replacing'/);
      stage.emulator.clock.release();
      await reach(stage, made.id, 'started');
    },
  },
  {
    title: 'neither the region nor the volume of a machine can be changed',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'rooted');
      const elsewhere = stage.region === 'ams' ? 'fra' : 'ams';
      const order = machineOrder(stage, {}, { region: elsewhere, skip_launch: true });
      const reply = await stage.call('POST', `/machines/${made.id}`, order);
      // A region that is silently ignored would keep the promise as well.
      if (reply.status === 200) expect(machineOf(reply).region).toBe(made.region);
      else refusal(reply, [400, 409, 412, 422]);
      expect(await getMachine(stage, made.id)).toMatchObject({ region: made.region });
    },
  },
];
