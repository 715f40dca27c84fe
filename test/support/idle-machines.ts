import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { startProxy } from '../../src/local/proxy/proxy.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from './fly-emulator.js';
import { getMachine, newVolume, service, startedMachine } from './fly-machines.js';
import { internalSecret, ProjectServerClient } from './project-server.js';
import { TestServer } from './proxy.js';
import { type Ask, ask, type Reply } from './proxy-client.js';

const main = fileURLToPath(new URL('../../dist/local/project-server/main.js', import.meta.url));

const eventsSchema = z.array(z.object({ status: z.string(), timestamp: z.number() }));

export interface IdleMachines extends AsyncDisposable {
  readonly fly: TestFlyEmulator;
  readonly proxyPort: number;
  /** A started machine with a volume that runs the project server and belongs to no project. */
  warm(config?: object): Promise<string>;
  /** The same as project `demo`'s. */
  configured(config?: object): Promise<string>;
  /** Speaks to the machine's program, past the proxy. */
  client(id: string): ProjectServerClient;
  /** A request through Fly's proxy, led to that machine by a replay as the router's. */
  visit(id: string, wanted: Ask): Promise<Reply>;
  webSocket(id: string): WebSocket;
  /** How often it has fallen asleep. */
  sleeps(id: string): Promise<number>;
  /** When it last came to that state. */
  lastAtMs(id: string, state: string): Promise<number>;
  asleep(id: string): Promise<void>;
}

/** The emulated Fly with a proxy that puts no machine to sleep, and project servers that do it themselves. */
export async function idleMachines(idleSecs: number): Promise<IdleMachines> {
  if (!existsSync(main)) throw new Error('Build first: npm run build.');
  await using opening = new AsyncDisposableStack();
  const fly = opening.use(
    await withFlyEmulator({
      projectServer: {
        command: process.execPath,
        args: [main],
        env: { VALET_EXIT_WITH_PARENT: '1', VALET_IDLE_SUSPEND_SECS: String(idleSecs) },
      },
    }),
  );
  const { machines, app } = fly;
  const router = new TestServer((asked, response) => {
    response.setHeader('fly-replay', `instance=${asked.headers['x-machine']};app=${app}`).end();
    asked.resume();
  });
  router.server.on('upgrade', ({ headers }, socket) => {
    const answer = `fly-replay: instance=${headers['x-machine']};app=${app}\r\ncontent-length: 0\r\nconnection: close\r\n`;
    socket.end(`HTTP/1.1 200 OK\r\n${answer}\r\n`);
  });
  const { address } = opening.use(await router.listen());
  const controlPlane = { app: 'router', instances: () => [{ id: 'router', ...address }] };
  const proxy = opening.adopt(await startProxy({ machines, machineApp: app, controlPlane }), (it) => it.stop());
  const opened = opening.move();
  const client = (id: string) => new ProjectServerClient(machines.find(app, id)?.address?.port ?? 0);
  /** The newest first. */
  const eventsOf = async (id: string) =>
    eventsSchema.parse((await callFly(fly, 'GET', `/machines/${id}/events?limit=50`)).body);
  const warm = async (config: object = {}) => {
    const { id: volume } = await newVolume(fly);
    const { id } = await startedMachine(fly, {
      env: { VALET_DATA_DIR: '/data', VALET_INTERNAL_SECRET: internalSecret },
      mounts: [{ volume, path: '/data' }],
      services: [{ ...service, autostart: true }],
      ...config,
    });
    await expect
      .poll(() =>
        client(id)
          .status()
          .then(({ status }) => status)
          .catch(String),
      )
      .toBe(200);
    return id;
  };
  return {
    fly,
    proxyPort: proxy.port,
    warm,
    configured: async (config) => {
      const id = await warm(config);
      expect((await client(id).configure()).status).toBe(200);
      return id;
    },
    client,
    visit: (id, wanted) => ask(proxy.port, { ...wanted, headers: { host: 'demo.localhost', 'x-machine': id } }),
    webSocket: (id) => new WebSocket(`ws://127.0.0.1:${proxy.port}/ws`, { headers: { 'x-machine': id } }),
    sleeps: async (id) => (await eventsOf(id)).filter(({ status }) => status === 'suspended').length,
    lastAtMs: async (id, status) => (await eventsOf(id)).find((event) => event.status === status)?.timestamp ?? 0,
    asleep: async (id) => {
      await expect.poll(async () => (await getMachine(fly, id)).state).toBe('suspended');
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
