import { expect } from 'vitest';
import { replaying } from '../../support/proxy.js';
import { fieldsOf } from '../../support/proxy-client.js';
import type { Scenario } from '../scenario.js';
import { getMachine, reach, startMachine, tell } from '../steps/machines.js';
import { echoing, echoOf, openProxy, services } from '../steps/proxy.js';

/** Where nobody knows what Fly's proxy does: it can be had either way. */
export const proxyOpenPoints: readonly Scenario[] = [
  {
    title: 'a replay timeout without a unit is refused, or counts milliseconds',
    needs: 'emulator',
    options: echoing,
    covers: ['9/replay-timeout-unit'],
    async run(stage) {
      const made = await startMachine(stage, 'prompt', { services });
      await using open = await openProxy(stage, replaying(`instance=${made.id};app=${stage.app};timeout=15000`));
      expect(await open.ask()).toMatchObject({ status: 502, body: '' });
      open.unconfirmed.unitlessTimeout = 'milliseconds';
      expect(echoOf(await open.ask()).machine).toBe(made.id);
    },
  },
  {
    title: 'a body of more than 1 MB, or of more than 10 MB, is not replayed',
    needs: 'emulator',
    options: echoing,
    covers: ['7.12', '9/replay-body'],
    async run(stage) {
      const made = await startMachine(stage, 'narrow', { services });
      await using open = await openProxy(stage, replaying(`instance=${made.id};app=${stage.app}`));
      const post = (bytes: number) => open.ask({ method: 'POST', body: Buffer.alloc(bytes, 'x') });
      expect(echoOf(await post(1_048_576)).bytes).toBe(1_048_576);
      expect((await post(1_048_577)).status).toBe(502);
      open.unconfirmed.maxReplayBodyBytes = 10_485_760;
      expect(echoOf(await post(1_048_577)).bytes).toBe(1_048_577);
      expect((await post(10_485_761)).status).toBe(502);
    },
  },
  {
    title: 'a replay source that a client forges may reach the machine that it asks for, or not',
    needs: 'emulator',
    options: echoing,
    covers: ['9/forged-replay-src'],
    async run(stage) {
      await startMachine(stage, 'trusting', { services });
      await using open = await openProxy(stage, replaying('app=nowhere'));
      const headers = { host: `${stage.app}.fly.localhost`, 'fly-replay-src': 'instance=forged;state=forged' };
      const seen = async () => fieldsOf(echoOf(await open.ask({ headers })).headers['fly-replay-src']);
      open.unconfirmed.forgedReplayHeaders = 'kept';
      expect(await seen()).toMatchObject({ instance: 'forged' });
      open.unconfirmed.forgedReplayHeaders = 'removed';
      expect(await seen()).not.toMatchObject({ instance: 'forged' });
    },
  },
  {
    title: 'a request for one instance wakes it, or not',
    needs: 'emulator',
    options: echoing,
    covers: ['9/force-instance'],
    async run(stage) {
      const made = await startMachine(stage, 'asleep', { services });
      await tell(stage, made.id, 'stop');
      await reach(stage, made.id, 'stopped');
      await using open = await openProxy(stage, replaying('app=nowhere'), { deadTargetDelayMs: 200 });
      const headers = { host: `${stage.app}.fly.localhost`, 'fly-force-instance-id': made.id };
      open.unconfirmed.forceInstanceWakes = false;
      expect((await open.ask({ headers })).status).toBeGreaterThanOrEqual(500);
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'stopped' });
      open.unconfirmed.forceInstanceWakes = true;
      await open.ask({ headers });
      await reach(stage, made.id, 'started');
    },
  },
];
