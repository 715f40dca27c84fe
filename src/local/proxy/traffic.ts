import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import { type Client, plainClient, upgradeClient } from './client.js';

/** Milliseconds; longer than clients keep an idle connection, so that it is they who end it. */
const keepAliveTimeout = 65_000;

/** The open port, and all that came in through it and is not finished. */
export class Traffic {
  readonly #server: Server;
  readonly #exchanges = new Set<Promise<void>>();
  readonly #upgraded = new Set<Socket>();
  readonly #run: (client: Client) => Promise<void>;

  constructor(run: (client: Client) => Promise<void>) {
    this.#run = run;
    this.#server = createServer({ keepAliveTimeout, shouldUpgradeCallback: hasNoBody }, (request, response) =>
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

/** Where there is one, the upgrade is not offered to anybody and the request is an ordinary one: RFC 9110, section 7.8 */
function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}
