import { expect } from 'vitest';
import type { EmulatorStage, Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { machineOrder, restingMachine } from '../steps/machines.js';
import { refusal } from '../steps/replies.js';

/** Where the clock stands still, only the bursts are left. */
export const limitScenarios: readonly Scenario[] = [
  {
    title: 'a machine takes three calls of one kind at once, then one a second; others are not touched',
    needs: 'emulator',
    covers: ['1.9/rates', '1.9/shared-buckets', '1.2/429-rate', '7.10'],
    async run(stage) {
      const [one, other] = [await restingMachine(stage, 'one'), await restingMachine(stage, 'other')];
      limit(stage);
      const cordon = (id: string) => statusOf(stage, 'POST', `/machines/${id}/cordon`);
      expect(await times(4, () => cordon(one.id))).toEqual([200, 200, 200, 429]);
      expect(await cordon(other.id)).toBe(200);
      expect(await statusOf(stage, 'POST', `/machines/${one.id}/uncordon`)).toBe(200);
      await stage.emulator.clock.advance(1_000);
      expect(await times(2, () => cordon(one.id))).toEqual([200, 429]);
    },
  },
  {
    title: 'a machine is looked at ten times at once, then five times a second',
    needs: 'emulator',
    covers: ['1.9/rates', '7.10'],
    async run(stage) {
      const made = await restingMachine(stage, 'seen');
      limit(stage);
      const look = () => statusOf(stage, 'GET', `/machines/${made.id}`);
      expect(await times(11, look)).toEqual([...Array(10).fill(200), 429]);
      await stage.emulator.clock.advance(1_000);
      expect(await times(6, look)).toEqual([...Array(5).fill(200), 429]);
    },
  },
  {
    title: 'creates and lists count for the app, whatever their machines',
    needs: 'emulator',
    covers: ['1.9/shared-buckets', '7.10'],
    async run(stage) {
      limit(stage);
      const order = () => machineOrder(stage, {}, { skip_launch: true });
      expect(await times(4, () => statusOf(stage, 'POST', '/machines', order()))).toEqual([200, 200, 200, 429]);
      expect(await times(4, () => statusOf(stage, 'GET', '/machines'))).toEqual([200, 200, 200, 429]);
    },
  },
  {
    title: 'a 429 is an error body, with or without the time to come again',
    needs: 'emulator',
    covers: ['9/429-body', '1.2/429-rate'],
    async run(stage) {
      limit(stage);
      for (const retryAfter of ['sent', 'missing'] as const) {
        stage.emulator.unconfirmed.set({ retryAfter });
        await times(3, () => statusOf(stage, 'GET', '/volumes'));
        const reply = await stage.once('GET', '/volumes');
        refusal(reply, 429);
        expect(reply.headers.get('retry-after')).toEqual(retryAfter === 'sent' ? '1' : null);
      }
    },
  },
];

function limit({ emulator }: EmulatorStage): void {
  emulator.clock.hold();
  emulator.rateLimits.on();
}

async function statusOf(stage: Stage, method: string, path: string, body?: unknown): Promise<number> {
  return (await stage.once(method, path, body)).status;
}

async function times(count: number, act: () => Promise<number>): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let turn = 0; turn < count; turn++) statuses.push(await act());
  return statuses;
}
