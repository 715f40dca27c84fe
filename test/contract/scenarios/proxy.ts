import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { z } from 'zod';
import { startProxy } from '../../../src/local/proxy/proxy.js';
import type { EmulatorStage } from '../../support/contract/stage.js';
import { replaying, TestServer } from '../../support/proxy.js';
import { type Ask, ask, fieldsOf, type Reply } from '../../support/proxy-client.js';
import type { Scenario } from '../scenario.js';
import { reach, startMachine, tell } from '../steps/machines.js';

const echoServer = fileURLToPath(new URL('../../support/contract/echo-server.mjs', import.meta.url));
const options = { projectServer: { command: process.execPath, args: [echoServer] } };
const services = [
  { protocol: 'tcp', internal_port: 80, ports: [{ port: 80, handlers: ['http'] }], autostart: true, autostop: 'off' },
];
const echoed = z.looseObject({ machine: z.string(), bytes: z.number(), headers: z.record(z.string(), z.string()) });

/** What Fly's proxy does with the answers of a router. A router of ours at Fly would be needed to see it there. */
export const proxyScenarios: readonly Scenario[] = [
  ...(['stop', 'suspend'] as const).map(
    (command): Scenario => ({
      title: `a replay wakes a machine after ${command}, and tells it who sent it`,
      needs: 'emulator',
      options,
      covers: ['7.12'],
      async run(stage) {
        const made = await startMachine(stage, 'sleeper', { services });
        await tell(stage, made.id, command);
        await reach(stage, made.id, command === 'stop' ? 'stopped' : 'suspended');
        await using proxy = await openProxy(stage, replaying(`instance=${made.id};app=${stage.app};state=hello`));
        const reply = await proxy.ask();
        expect(reply.status).toBe(200);
        const { machine, headers } = echoed.parse(JSON.parse(reply.body));
        expect(machine).toBe(made.id);
        expect(fieldsOf(headers['fly-replay-src'])).toMatchObject({ instance: 'router', state: 'hello' });
        await reach(stage, made.id, 'started');
      },
    }),
  ),
  {
    title: 'a replay to a machine that is not there is an empty 502 after a while',
    needs: 'emulator',
    options,
    covers: ['7.12'],
    async run(stage) {
      await using proxy = await openProxy(
        stage,
        replaying(`instance=00000000000000;app=${stage.app}`),
        deadTargetDelayMs,
      );
      const startedAt = performance.now();
      expect(await proxy.ask()).toMatchObject({ status: 502, body: '' });
      expect(performance.now() - startedAt).toBeGreaterThan(deadTargetDelayMs * 0.9);
    },
  },
  {
    title: 'with a timeout and a fallback the request comes back and says why it failed',
    needs: 'emulator',
    options,
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
    title: 'a body of more than 1 MB is not replayed',
    needs: 'emulator',
    options,
    covers: ['7.12', '9/replay-body'],
    async run(stage) {
      const made = await startMachine(stage, 'narrow', { services });
      await using proxy = await openProxy(stage, replaying(`instance=${made.id};app=${stage.app}`));
      const fits = Buffer.alloc(1_048_576, 'x');
      const reply = await proxy.ask({ method: 'POST', body: fits });
      expect(echoed.parse(JSON.parse(reply.body)).bytes).toBe(fits.length);
      expect((await proxy.ask({ method: 'POST', body: Buffer.alloc(1_048_577, 'x') })).status).toBe(502);
    },
  },
  {
    title: 'a request is replayed ten times and no more',
    needs: 'emulator',
    options,
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
    title: 'a replay timeout without a unit is refused',
    needs: 'emulator',
    options,
    covers: ['9/replay-timeout-unit'],
    async run(stage) {
      const made = await startMachine(stage, 'prompt', { services });
      await using proxy = await openProxy(stage, replaying(`instance=${made.id};app=${stage.app};timeout=1500`));
      expect(await proxy.ask()).toMatchObject({ status: 502, body: '' });
    },
  },
];

/** Where a target is to be given up; elsewhere a program may take its time to come up. */
const deadTargetDelayMs = 200;
const patientMs = 10_000;

interface OpenProxy extends AsyncDisposable {
  ask(wanted?: Ask): Promise<Reply>;
}

/** The proxy before the emulator's machines, with a router of one program that is no machine. */
async function openProxy(
  { emulator }: EmulatorStage,
  router: RequestListener,
  deadTargetDelayMs = patientMs,
): Promise<OpenProxy> {
  await using opening = new AsyncDisposableStack();
  const program = opening.use(await new TestServer(router).listen());
  const proxy = opening.adopt(
    await startProxy({
      machines: emulator.machines,
      machineApp: emulator.app,
      controlPlane: { app: 'router-app', instances: () => [{ id: 'router', ...program.address }] },
      deadTargetDelayMs,
    }),
    (it) => it.stop(),
  );
  const opened = opening.move();
  return {
    ask: (wanted) => ask(proxy.port, wanted),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
