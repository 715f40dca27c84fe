import type { RequestListener } from 'node:http';
import { expect } from 'vitest';
import { replaying } from '../../support/proxy.js';
import { fieldsOf } from '../../support/proxy-client.js';
import type { Scenario } from '../scenario.js';
import { createApp } from '../steps/apps.js';
import { machineOrder, reach, startMachine, tell } from '../steps/machines.js';
import { echoing, echoOf, openProxy, services } from '../steps/proxy.js';
import { expectOk } from '../steps/replies.js';

/** Where a target is to be given up. */
const deadTargetDelayMs = 200;

/** What Fly's proxy does with the answers of a router. A router of ours at Fly would be needed to see it there. */
export const proxyScenarios: readonly Scenario[] = [
  ...(['stop', 'suspend'] as const).map(
    (command): Scenario => ({
      title: `a replay wakes a machine after ${command}, and tells it who sent it`,
      needs: 'emulator',
      options: echoing,
      covers: ['7.12'],
      async run(stage) {
        const made = await startMachine(stage, 'sleeper', { services });
        await tell(stage, made.id, command);
        await reach(stage, made.id, command === 'stop' ? 'stopped' : 'suspended');
        await using proxy = await openProxy(stage, replaying(`instance=${made.id};app=${stage.app};state=hello`));
        const reply = await proxy.ask();
        expect(reply.status).toBe(200);
        const { machine, headers } = echoOf(reply);
        expect(machine).toBe(made.id);
        expect(fieldsOf(headers['fly-replay-src'])).toMatchObject({ instance: 'router', state: 'hello' });
        await reach(stage, made.id, 'started');
      },
    }),
  ),
  {
    title: 'a replay to a machine that is not there is an empty 502 after a while',
    needs: 'emulator',
    options: echoing,
    covers: ['7.12'],
    async run(stage) {
      await using proxy = await openProxy(stage, replaying(`instance=00000000000000;app=${stage.app}`), {
        deadTargetDelayMs,
      });
      const startedAt = performance.now();
      expect(await proxy.ask()).toMatchObject({ status: 502, body: '' });
      expect(performance.now() - startedAt).toBeGreaterThan(deadTargetDelayMs * 0.9);
    },
  },
  {
    title: 'with a timeout and a fallback the request comes back and says why it failed',
    needs: 'emulator',
    options: echoing,
    covers: ['7.12'],
    async run(stage) {
      const router: RequestListener = (asked, response) => {
        const failed = asked.headers['fly-replay-failed'];
        if (typeof failed === 'string') response.writeHead(200).end(failed);
        else replaying(`instance=00000000000000;app=${stage.app};timeout=100ms;fallback=force_self`)(asked, response);
      };
      await using proxy = await openProxy(stage, router);
      const reply = await proxy.ask();
      expect(fieldsOf(reply.body)).toMatchObject({ instance: '00000000000000', app: stage.app });
      expect(fieldsOf(reply.body).reason).toMatch(/^(timeout|retries_exhausted|no_candidate)$/);
    },
  },
  {
    title: 'a request is replayed ten times and no more',
    needs: 'emulator',
    options: echoing,
    covers: ['7.12'],
    async run(stage) {
      let asked = 0;
      await using proxy = await openProxy(stage, (request, response) => {
        asked += 1;
        replaying('app=router-app')(request, response);
      });
      expect((await proxy.ask()).status).toBe(502);
      expect(asked).toBe(11);
    },
  },
  {
    title: 'a replay to an app on another network is a 502 with a word, unless the organisation allows it',
    needs: 'emulator',
    options: echoing,
    covers: ['7.12'],
    async run(stage) {
      const far = await createApp(stage, 'far', { network: stage.name('far') });
      const order = machineOrder(stage, { services }, { name: stage.name('far') });
      expectOk(await stage.root('POST', `/apps/${far}/machines`, order));
      const wishes = { routerApp: stage.app, crossNetworkReplays: () => allowed };
      let allowed = false;
      await using proxy = await openProxy(stage, replaying(`app=${far}`), wishes);
      expect(await proxy.ask()).toMatchObject({ status: 502, body: 'cross-network replays are not allowed' });
      allowed = true;
      expect((await proxy.ask()).status).toBe(200);
    },
  },
];
