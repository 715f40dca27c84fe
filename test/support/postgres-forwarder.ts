import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { OutwardCalls, Verdict } from './outward-calls.js';
import {
  endsRound,
  isInTransaction,
  isNews,
  isReady,
  type Message,
  MessageCutter,
  nonsense,
  statementOf,
} from './postgres-messages.js';

export interface PostgresForwarder extends AsyncDisposable {
  readonly url: string;
}

type NameOfStatement = (sql: string) => string | null;

/**
 * A real TCP hop between one instance and PostgreSQL that knows where a statement begins and where it is answered.
 * `nameOf` answers null for statements that are let through unseen.
 */
export async function forwardPostgres(
  targetUrl: string,
  calls: OutwardCalls,
  nameOf: NameOfStatement,
): Promise<PostgresForwarder> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // Messages are passed on one by one: without this each would wait for the one before to be acknowledged.
    socket.setNoDelay(true);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    keep(client);
    if (calls.dead) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    keep(upstream);
    new Relay(client, upstream, calls, nameOf).start();
  });
  calls.death.addEventListener('abort', cut, { once: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      cut();
      await once(server.close(), 'close');
    },
  };
}

/** One connection, both ways. */
class Relay {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #calls: OutwardCalls;
  readonly #nameOf: NameOfStatement;
  #inTransaction = false;
  /** What the client says until its round ends, when that is to be said again. */
  #recorded: Buffer[] | undefined;
  /** An answer that is kept until the instance goes on. */
  #kept: Buffer[] | undefined;
  /** Instead of passing the next complete answer on. */
  #whenAnswered: (() => void) | undefined;

  constructor(client: Socket, upstream: Socket, calls: OutwardCalls, nameOf: NameOfStatement) {
    this.#client = client;
    this.#upstream = upstream;
    this.#calls = calls;
    this.#nameOf = nameOf;
  }

  start(): void {
    const fromClient = new MessageCutter(true);
    const fromServer = new MessageCutter(false);
    let passing = Promise.resolve();
    this.#client.on('data', (chunk: Buffer) => {
      for (const message of fromClient.push(chunk)) passing = passing.then(() => this.#pass(message));
    });
    this.#upstream.on('data', (chunk: Buffer) => {
      this.#client.cork();
      for (const message of fromServer.push(chunk)) this.#answer(message);
      this.#client.uncork();
    });
    this.#client.once('close', () => this.#upstream.destroy());
    this.#upstream.once('close', () => this.#client.destroy());
  }

  async #pass(message: Message): Promise<void> {
    const sql = statementOf(message);
    const name = sql === undefined ? null : this.#nameOf(sql);
    const verdict = name === null ? 'pass' : await this.#calls.leave(name);
    if (verdict === 'cut') this.#client.destroy();
    // The rest of a statement that was stopped must not arrive either: it would go to the statement before it.
    if (this.#calls.dead || this.#client.destroyed) return;
    this.#prepareFor(verdict);
    const bytes = verdict === 'refuse' ? nonsense(message.type) : message.bytes;
    this.#recorded?.push(bytes);
    this.#upstream.write(bytes);
    if (endsRound(message)) await this.#repeatRecorded();
  }

  #prepareFor(verdict: Verdict): void {
    if (verdict === 'die_after') this.#whenAnswered = () => this.#calls.die();
    if (verdict === 'lose_answer') this.#whenAnswered = () => void this.#client.destroy();
    if (verdict === 'stall') {
      this.#kept = [];
      this.#whenAnswered = () => void this.#passKept();
    }
    if (verdict === 'twice' && !this.#inTransaction) this.#recorded = [];
  }

  async #repeatRecorded(): Promise<void> {
    if (this.#recorded === undefined) return;
    const again = Buffer.concat(this.#recorded);
    this.#recorded = undefined;
    await new Promise<void>((resolve) => {
      this.#whenAnswered = resolve;
      this.#upstream.once('close', () => resolve());
    });
    this.#upstream.write(again);
  }

  async #passKept(): Promise<void> {
    const answer = Buffer.concat(this.#kept ?? []);
    this.#kept = undefined;
    this.#calls.freeze();
    await this.#calls.thawed;
    this.#client.write(answer);
  }

  #isLost(): boolean {
    const { deafness } = this.#calls;
    deafness?.addEventListener('abort', () => this.#client.destroy(), { once: true });
    return deafness !== undefined;
  }

  #answer(message: Message): void {
    const done = this.#whenAnswered;
    if (isNews(message) && this.#isLost()) return;
    if (done === undefined) this.#client.write(message.bytes);
    else this.#kept?.push(message.bytes);
    if (!isReady(message)) return;
    this.#inTransaction = isInTransaction(message);
    this.#whenAnswered = undefined;
    done?.();
  }
}
