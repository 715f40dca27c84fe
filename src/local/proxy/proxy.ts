import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Socket } from 'node:net';
import { AutostopLoop } from './autostop.js';
import { type Client, plainClient, upgradeClient } from './client.js';
import { Connections } from './connections.js';
import { Courier } from './deliver.js';
import { Exchange } from './exchange.js';
import { MachineSleep } from './machine-sleep.js';
import { Members } from './members.js';
import { type LocalProxy, type ProxyOptions, settingsOf } from './options.js';
import { Upstream } from './upstream.js';

/**
 * Fly's proxy on one computer: every host name leads to the control plane's app, whose replays lead to machines, which
 * it wakes for that and puts to sleep when they are idle. HTTP without TLS.
 *
 * @throws what `listen` throws, with its code: EADDRINUSE when the port is taken
 */
export async function startProxy(options: ProxyOptions): Promise<LocalProxy> {
  const settings = settingsOf(options);
  const sleep = new MachineSleep();
  const connections = new Connections();
  const upstream = new Upstream(settings.requestTimeoutMs);
  const members = new Members(options, settings.region, sleep);
  const courier = new Courier({ members, upstream, connections, sleep, settings });
  const traffic = new Traffic((client) => new Exchange(client, courier, options.controlPlane.app, settings).run());
  const host = options.host ?? '127.0.0.1';
  const port = await traffic.listen(options.port ?? 0, host);
  const { machines, machineApp: app, autostop: times } = options;
  const autostop = new AutostopLoop({ machines, app, connections, sleep, times, log: settings.log });
  return {
    url: `http://${host}:${port}`,
    port,
    autostopPass: () => autostop.pass(),
    stop: async () => {
      await traffic.stop();
      upstream.close();
      await autostop.stop();
    },
  };
}

/** Milliseconds; longer than clients keep an idle connection, so that it is they who end it. */
const keepAliveTimeout = 65_000;

/** The open port, and all that came in through it and is not finished. */
class Traffic {
  readonly #server: Server;
  readonly #exchanges = new Set<Promise<void>>();
  readonly #upgraded = new Set<Socket>();
  readonly #run: (client: Client) => Promise<void>;

  constructor(run: (client: Client) => Promise<void>) {
    this.#run = run;
    this.#server = createServer({ keepAliveTimeout }, (request, response) =>
      this.#start(plainClient(request, response)),
    );
    this.#server.on('upgrade', (request, socket, head) => {
      if (!(socket instanceof Socket)) return void socket.destroy();
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      this.#start(upgradeClient(request, socket, head));
    });
  }

  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server.close(), 'close') : undefined;
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await closed;
    await Promise.allSettled(this.#exchanges);
  }

  #start(client: Client): void {
    const exchange = this.#run(client)
      .catch(() => void client.request.destroy())
      .finally(() => this.#exchanges.delete(exchange));
    this.#exchanges.add(exchange);
  }
}
