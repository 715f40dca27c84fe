import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { OutwardCalls } from './outward-calls.js';

export interface PostgresForwarder extends AsyncDisposable {
  readonly url: string;
}

/** A message of PostgreSQL's protocol, version 3: a type, then a length that counts itself. */
interface Message {
  readonly type: string;
  readonly bytes: Buffer;
}

const headerBytes = 5;

/** Cuts a stream of bytes into messages; the very first from a client has no type. */
class MessageCutter {
  #rest = Buffer.alloc(0);
  #untyped: boolean;

  constructor(beginsUntyped: boolean) {
    this.#untyped = beginsUntyped;
  }

  push(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) messages.push(next);
    return messages;
  }

  #next(): Message | undefined {
    const at = this.#untyped ? 0 : 1;
    if (this.#rest.length < headerBytes) return undefined;
    const length = at + this.#rest.readUInt32BE(at);
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    const type = this.#untyped ? '' : String.fromCharCode(bytes[0] ?? 0);
    this.#rest = this.#rest.subarray(length);
    this.#untyped = false;
    return { type, bytes };
  }
}

/**
 * A real TCP hop between one instance and PostgreSQL that knows where a statement begins and where it is answered.
 * `nameOf` answers null for statements that are let through unseen.
 */
export async function forwardPostgres(
  targetUrl: string,
  calls: OutwardCalls,
  nameOf: (sql: string) => string | null,
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
    relay(client, upstream, calls, nameOf);
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

function relay(client: Socket, upstream: Socket, calls: OutwardCalls, nameOf: (sql: string) => string | null): void {
  let whenAnswered: (() => void) | undefined;
  const fromClient = new MessageCutter(true);
  let passing = Promise.resolve();
  const pass = async ({ type, bytes }: Message): Promise<void> => {
    const sql = statementOf(type, bytes);
    const name = sql === undefined ? null : nameOf(sql);
    const verdict = name === null ? 'pass' : await calls.leave(name);
    if (verdict === 'die_before' || calls.dead) return;
    if (verdict === 'die_after') whenAnswered = () => calls.die();
    if (verdict === 'lose_answer') whenAnswered = () => void client.destroy();
    upstream.write(bytes);
  };
  client.on('data', (chunk: Buffer) => {
    for (const message of fromClient.push(chunk)) passing = passing.then(() => pass(message));
  });
  const fromServer = new MessageCutter(false);
  upstream.on('data', (chunk: Buffer) => {
    if (!whenAnswered) return void client.write(chunk);
    // The answer is complete, and the statement committed, once the server is ready for the next one.
    if (fromServer.push(chunk).some(({ type }) => type === 'Z')) whenAnswered();
  });
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => client.destroy());
}

/** The text of a simple query (Q) or of a statement that is being prepared (P: its name comes first). */
function statementOf(type: string, bytes: Buffer): string | undefined {
  if (type === 'Q') return bytes.subarray(headerBytes).toString('utf8');
  if (type !== 'P') return undefined;
  const nameEnd = bytes.indexOf(0, headerBytes);
  return bytes.subarray(nameEnd + 1, bytes.indexOf(0, nameEnd + 1)).toString('utf8');
}
