import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ProxyUnconfirmed } from '../../../src/local/fly/proxy-unconfirmed.js';
import type { LocalProxy, ProxyOptions } from '../../../src/local/proxy/options.js';
import { startProxy } from '../../../src/local/proxy/proxy.js';
import type { EmulatorStage } from '../../support/contract/stage.js';
import { TestServer } from '../../support/proxy.js';
import { type Ask, ask, type Reply } from '../../support/proxy-client.js';

const echoServer = fileURLToPath(new URL('../../support/contract/echo-server.mjs', import.meta.url));

/** Machines that say what reached them. */
export const echoing = { projectServer: { command: process.execPath, args: [echoServer] } };

/** A service that the proxy leads to. */
export const services = [
  { protocol: 'tcp', internal_port: 80, ports: [{ port: 80, handlers: ['http'] }], autostart: true, autostop: 'off' },
];

const echoed = z.looseObject({ machine: z.string(), bytes: z.number(), headers: z.record(z.string(), z.string()) });

/** What the machine says that answered. */
export function echoOf(reply: Reply): z.infer<typeof echoed> {
  return echoed.parse(JSON.parse(reply.body));
}

/** A program may take its time to come up. */
const deadTargetDelayMs = 10_000;

export interface OpenProxy extends AsyncDisposable {
  /** May be written to; the emulator's own answers stay as they are, since other scenarios share it. */
  readonly unconfirmed: ProxyUnconfirmed;
  readonly proxy: LocalProxy;
  ask(wanted?: Ask): Promise<Reply>;
}

export interface ProxyWishes extends Partial<ProxyOptions> {
  /** Whose program the router is; one that the emulator does not know is on every network. */
  readonly routerApp?: string;
}

/** The proxy before the emulator's machines, with a router that is a program of the test's. */
export async function openProxy(
  { emulator }: EmulatorStage,
  router: RequestListener,
  { routerApp = 'router-app', ...options }: ProxyWishes = {},
): Promise<OpenProxy> {
  await using opening = new AsyncDisposableStack();
  const unconfirmed = { ...emulator.unconfirmed.now };
  const program = opening.use(await new TestServer(router).listen());
  const proxy = opening.adopt(
    await startProxy({
      machines: emulator.machines,
      machineApp: emulator.app,
      controlPlane: { app: routerApp, instances: () => [{ id: 'router', ...program.address }] },
      deadTargetDelayMs,
      unconfirmed,
      ...options,
    }),
    (it) => it.stop(),
  );
  const opened = opening.move();
  return {
    proxy,
    unconfirmed,
    ask: (wanted) => ask(proxy.port, wanted),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
