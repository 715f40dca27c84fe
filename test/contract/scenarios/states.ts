import { expect } from 'vitest';
import type { Scenario } from '../scenario.js';
import {
  create,
  destroy,
  getMachine,
  listedIds,
  reach,
  restingMachine,
  startMachine,
  tell,
} from '../steps/machines.js';
import { expectOk, refusal } from '../steps/replies.js';
import { until } from '../steps/until.js';

export const stateScenarios: readonly Scenario[] = [
  {
    title: 'a start of a started machine succeeds or is refused with 412, and it stays started',
    needs: 'any',
    covers: ['1.2/repeated-commands', '9/start-on-started'],
    async run(stage) {
      const made = await startMachine(stage, 'twice');
      const reply = await stage.call('POST', `/machines/${made.id}/start`);
      stage.onSeen('9/start-on-started', String(reply.status));
      if (reply.status !== 200) refusal(reply, 412);
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'started' });
    },
  },
  {
    title: 'a stop of a stopped machine succeeds',
    needs: 'any',
    covers: ['1.2/repeated-commands'],
    async run(stage) {
      const made = await startMachine(stage, 'halt');
      await tell(stage, made.id, 'stop', { signal: 'SIGTERM', timeout: '2s' });
      await reach(stage, made.id, 'stopped');
      await tell(stage, made.id, 'stop');
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'stopped' });
    },
  },
  {
    title: 'a start just after a stop is refused with 412, or it starts the machine again',
    needs: 'any',
    covers: ['1.2/412-start'],
    async run(stage) {
      const made = await startMachine(stage, 'hurried');
      await tell(stage, made.id, 'stop', { signal: 'SIGTERM', timeout: '5s' });
      const reply = await stage.call('POST', `/machines/${made.id}/start`);
      if (reply.status !== 200) {
        refusal(reply, 412, /unable to start machine from current state: 'stopping'|machine still active/);
        await reach(stage, made.id, 'stopped');
        await tell(stage, made.id, 'start');
      }
      await reach(stage, made.id, 'started');
    },
  },
  {
    title: 'a start while the machine is stopping is refused with 412',
    needs: 'emulator',
    covers: ['1.2/412-start', '7.3'],
    async run(stage) {
      const made = await startMachine(stage, 'stopping');
      stage.emulator.clock.hold();
      await tell(stage, made.id, 'stop');
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'stopping' });
      const reply = await stage.call('POST', `/machines/${made.id}/start`);
      refusal(reply, 412, /unable to start machine from current state: 'stopping'/);
      stage.emulator.clock.release();
      await reach(stage, made.id, 'stopped');
    },
  },
  {
    title: 'a start while the machine is being prepared is refused with 412, although it is created',
    needs: 'emulator',
    covers: ['1.2/412-start', '7.3'],
    options: { timings: { createdMs: 1_000 } },
    async run(stage) {
      stage.emulator.clock.hold();
      const made = await create(stage, 'early');
      const reply = await stage.call('POST', `/machines/${made.id}/start`);
      refusal(reply, 412, /unable to start machine from current state: 'created'/);
      stage.emulator.clock.release();
      await stage.emulator.clock.advance(1_000);
      await reach(stage, made.id, 'started');
    },
  },
  {
    title: 'a started machine is not deleted without force; a stopped one is',
    needs: 'any',
    covers: ['1.2/delete-started', '9/delete-started'],
    async run(stage) {
      const made = await startMachine(stage, 'stays');
      const reply = await stage.call('DELETE', `/machines/${made.id}`);
      stage.onSeen('9/delete-started', String(reply.status));
      refusal(reply, [400, 409, 412]);
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'started' });
      await tell(stage, made.id, 'stop');
      await reach(stage, made.id, 'stopped');
      expectOk(await stage.call('DELETE', `/machines/${made.id}`));
      await reach(stage, made.id, 'destroyed');
    },
  },
  {
    title: 'a suspended machine is deleted without force, and kill stands for force',
    needs: 'any',
    covers: ['1.2/delete-started', '7.1'],
    async run(stage) {
      const asleep = await startMachine(stage, 'asleep');
      await tell(stage, asleep.id, 'suspend');
      await reach(stage, asleep.id, 'suspended');
      expectOk(await stage.call('DELETE', `/machines/${asleep.id}`));
      const awake = await startMachine(stage, 'awake');
      expectOk(await stage.call('DELETE', `/machines/${awake.id}?kill=true`));
      for (const { id } of [asleep, awake]) await reach(stage, id, 'destroyed');
    },
  },
  {
    title: 'a destroyed machine still answers for a while, is not listed, and is not destroyed again',
    needs: 'any',
    covers: ['1.2/repeated-commands', '1.9/just-after', '7.7'],
    async run(stage) {
      const made = await restingMachine(stage, 'gone');
      await destroy(stage, made.id);
      const look = await stage.call('GET', `/machines/${made.id}`);
      if (look.status === 200) expect(look.body).toMatchObject({ state: 'destroyed' });
      else refusal(look, 404);
      refusal(await stage.call('DELETE', `/machines/${made.id}?force=true`), 404);
      await until(
        stage,
        () => listedIds(stage),
        (ids) => !ids.includes(made.id),
      );
    },
  },
  {
    title: 'a destroyed machine is 404 in the end',
    needs: 'emulator',
    covers: ['7.7', '1.9/just-after'],
    options: { timings: { destroyLingerMs: 30_000 } },
    async run(stage) {
      const made = await restingMachine(stage, 'fading');
      await destroy(stage, made.id);
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'destroyed' });
      await stage.emulator.clock.advance(30_000);
      refusal(await stage.call('GET', `/machines/${made.id}`), 404, /machine not found/);
    },
  },
];
