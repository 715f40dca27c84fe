import { expect } from 'vitest';
import type { Scenario } from '../scenario.js';
import { machineOf, machineOrder, reach, restingMachine, startMachine, tell } from '../steps/machines.js';
import { refusal, shown } from '../steps/replies.js';

export const waitScenarios: readonly Scenario[] = [
  {
    title: 'a wait that runs out answers 408 with the wanted and the current state',
    needs: 'any',
    covers: ['1.2/408-wait', '1.2/text-code', '7.4'],
    async run(stage) {
      const made = await restingMachine(stage, 'patient');
      const reply = await stage.call('GET', `/machines/${made.id}/wait?state=started&timeout=1`);
      refusal(reply, 408, /^deadline_exceeded: machine failed to reach desired state, started, currently created/);
    },
  },
  {
    title: 'a wait for more than 60 seconds or for an unknown state is refused with 400',
    needs: 'any',
    covers: ['1.2/400-wait', '7.4'],
    async run(stage) {
      const made = await restingMachine(stage, 'hasty');
      refusal(await stage.call('GET', `/machines/${made.id}/wait?state=created_by_us&timeout=1`), 400);
      refusal(await stage.call('GET', `/machines/${made.id}/wait?state=stopped&timeout=61`), 400);
      refusal(await stage.call('GET', `/machines/${made.id}/wait?state=stopped&timeout=300`), 400);
    },
  },
  {
    title: 'a wait takes several states, repeated or in a list, and ends with the first that is reached',
    needs: 'any',
    covers: ['7.4'],
    async run(stage) {
      const made = await startMachine(stage, 'either');
      for (const states of ['state=stopped&state=started', 'state=stopped,started']) {
        // Old servers ask for the version where `stopped` is among the states.
        const query = `${states}&timeout=10&version=${made.instance_id}`;
        const reply = await stage.call('GET', `/machines/${made.id}/wait?${query}`);
        expect(reply, shown(reply)).toMatchObject({ status: 200, body: { ok: true } });
      }
    },
  },
  {
    title: 'a wait for a version does not match the one before it, which is replaced',
    needs: 'any',
    covers: ['7.2', '7.1'],
    async run(stage) {
      const old = await startMachine(stage, 'renewed');
      const updated = machineOf(await stage.call('POST', `/machines/${old.id}`, machineOrder(stage)));
      expect(updated.instance_id).not.toBe(old.instance_id);
      const now = await stage.call(
        'GET',
        `/machines/${old.id}/wait?state=started&version=${updated.instance_id}&timeout=60`,
      );
      expect(now.status, shown(now)).toBe(200);
      for (const name of ['version', 'instance_id']) {
        const reply = await stage.call(
          'GET',
          `/machines/${old.id}/wait?state=stopped&${name}=${old.instance_id}&timeout=1`,
        );
        const { error } = refusal(reply, [400, 408]);
        if (reply.status === 408) expect(error).toContain('currently replaced');
      }
    },
  },
  {
    title: 'a wait for settled ends in any resting state',
    needs: 'any',
    covers: ['7.4'],
    async run(stage) {
      const made = await startMachine(stage, 'calm');
      await tell(stage, made.id, 'stop');
      await reach(stage, made.id, 'settled');
    },
  },
];
