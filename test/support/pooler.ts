import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { isInTransaction, isReady, type Message, MessageCutter } from './postgres-messages.js';

export interface PoolerOptions {
  /** Whether a server connection is lent for a transaction or for as long as a client stays. */
  readonly mode: 'transaction' | 'session';
  /** Lent to all clients together. */
  readonly serverConnections: number;
  /** What becomes of settings in a client's greeting; a pool that is shared by transaction cannot keep them. */
  readonly settings: 'kept' | 'dropped' | 'refused';
  /** Which idle connection is lent next; the one that was given back last unless told otherwise. */
  readonly next?: 'last' | 'oldest';
}

export interface Pooler extends AsyncDisposable {
  readonly url: string;
}

/** A real TCP hop that lends its own connections to PostgreSQL, as PgBouncer does. It makes up the key of a session, too. */
export async function startPooler(targetUrl: string, options: PoolerOptions): Promise<Pooler> {
  const lending = new Lending(targetUrl, options);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.setNoDelay(true);
    client.on('error', () => undefined).once('close', () => sockets.delete(client));
    new PooledClient(client, lending, options).start();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
      lending.close();
    },
  };
}

/** One authenticated connection to PostgreSQL, spoken to in messages. */
interface ServerConnection {
  readonly stream: Duplex;
  hear: (message: Message) => void;
}

class Lending {
  readonly #url: string;
  readonly #options: PoolerOptions;
  readonly #idle: ServerConnection[] = [];
  readonly #waiting: ((connection: ServerConnection) => void)[] = [];
  readonly #streams = new Set<Duplex>();
  #open = 0;

  constructor(url: string, options: PoolerOptions) {
    this.#url = url;
    this.#options = options;
  }

  async borrow(settings: string | undefined): Promise<ServerConnection> {
    const idle = this.#options.next === 'oldest' ? this.#idle.shift() : this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#open >= this.#options.serverConnections) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#open += 1;
    return this.#connect(settings);
  }

  giveBack(connection: ServerConnection): void {
    connection.hear = () => undefined;
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async #connect(settings: string | undefined): Promise<ServerConnection> {
    const client = new pg.Client({ connectionString: this.#url, ...(settings !== undefined && { options: settings }) });
    client.on('error', () => undefined);
    await client.connect();
    const { stream } = client.connection;
    stream.removeAllListeners('data');
    this.#streams.add(stream);
    const connection: ServerConnection = { stream, hear: () => undefined };
    const cutter = new MessageCutter(false);
    stream.on('data', (chunk: Buffer) => {
      for (const message of cutter.push(chunk)) connection.hear(message);
    });
    return connection;
  }
}

class PooledClient {
  readonly #socket: Socket;
  readonly #lending: Lending;
  readonly #options: PoolerOptions;
  #settings: string | undefined;
  #server: ServerConnection | undefined;
  #busy = false;

  constructor(socket: Socket, lending: Lending, options: PoolerOptions) {
    this.#socket = socket;
    this.#lending = lending;
    this.#options = options;
  }

  start(): void {
    const cutter = new MessageCutter(true);
    let passing = Promise.resolve();
    this.#socket.on('data', (chunk: Buffer) => {
      for (const message of cutter.push(chunk)) passing = passing.then(() => this.#pass(message));
    });
    this.#socket.once('close', () => this.#leave());
  }

  async #pass(message: Message): Promise<void> {
    if (message.type === '') return this.#greet(greetingOf(message));
    if (message.type === 'X') {
      this.#socket.end();
      return;
    }
    this.#server ??= await this.#lending.borrow(this.#settings);
    const server = this.#server;
    server.hear = (answer) => this.#answer(server, answer);
    this.#busy = true;
    server.stream.write(message.bytes);
    if (this.#socket.destroyed) this.#leave();
  }

  #greet({ options }: Readonly<Record<string, string>>): void {
    if (options !== undefined && this.#options.settings === 'refused') {
      this.#socket.end(refusal('unsupported startup parameter: options'));
      return;
    }
    this.#settings = this.#options.settings === 'kept' ? options : undefined;
    const madeUp = Buffer.alloc(8);
    madeUp.writeUInt32BE(Math.floor(Math.random() * 2 ** 31), 0);
    this.#socket.write(Buffer.concat([typed('R', Buffer.alloc(4)), typed('K', madeUp), typed('Z', Buffer.from('I'))]));
  }

  #answer(server: ServerConnection, message: Message): void {
    this.#socket.write(message.bytes);
    if (!isReady(message)) return;
    this.#busy = isInTransaction(message);
    if (this.#busy || this.#options.mode === 'session') return;
    this.#server = undefined;
    this.#lending.giveBack(server);
  }

  /** What a client leaves open is rolled back before the connection is lent again. */
  #leave(): void {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    if (this.#busy) this.#rollBack(server);
    else this.#lending.giveBack(server);
  }

  #rollBack(server: ServerConnection): void {
    const rollback = typed('Q', Buffer.from('rollback\0'));
    server.hear = (message) => {
      if (!isReady(message)) return;
      if (isInTransaction(message)) server.stream.write(rollback);
      else this.#lending.giveBack(server);
    };
    server.stream.write(rollback);
  }
}

const greetingStart = 8;

/** Names and values, each ended by a zero. */
function greetingOf({ bytes }: Message): Record<string, string> {
  const parts = bytes.subarray(greetingStart).toString('utf8').split('\0');
  return Object.fromEntries(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : [])));
}

function typed(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([header, body]);
}

/** As PgBouncer words it. */
function refusal(text: string): Buffer {
  return typed('E', Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`));
}
