import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Empty where the text is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** NaN without one. */
  readonly epoch: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Hands a call on, changed or not, and gives what the server says to it. */
export type Forward = (call: Call) => Promise<Reply>;

/** Stands between the caller and the server; `drop` closes the connection without a word. */
export type Fault = (call: Call, forward: Forward, relay: Relay) => Promise<Reply | 'drop'>;

export function reply(status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, text: JSON.stringify(body) };
}

export function bodyOf({ text }: Pick<Reply, 'text'>): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}

/** A real server with one fault in front of it. */
export async function faultyServer(portOf: () => number, fault: Fault) {
  const relay = await Relay.start();
  const forward: Forward = (call) => handOn(portOf(), call);
  const server = createServer((request, response) => {
    void received(request)
      .then(async (call) => give(response, await fault(call, forward, relay)))
      .catch(() => response.destroy());
  });
  const url = await listening(server);
  return {
    url,
    async [Symbol.asyncDispose]() {
      for (const each of [server, relay.server]) await closed(each);
    },
  };
}

/** Where a faulty server sends its uploads through, to put something else than it should. */
export class Relay {
  readonly server: Server;
  transform: (bytes: Buffer) => Buffer | Promise<Buffer> = (bytes) => bytes;
  chunked = false;
  /** What was put last. */
  sent = Buffer.alloc(0);
  #url = '';

  private constructor() {
    this.server = createServer((request, response) => {
      this.#put(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<Relay> {
    const relay = new Relay();
    relay.#url = await listening(relay.server);
    return relay;
  }

  through(url: unknown): string {
    return `${this.#url}/?to=${encodeURIComponent(String(url))}`;
  }

  async #put(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const to = new URL(request.url ?? '/', this.#url).searchParams.get('to') ?? '';
    this.sent = Buffer.from(await this.transform(await buffer(request)));
    const body = this.chunked ? new Blob([this.sent]).stream() : this.sent;
    const init = { method: 'PUT', body, duplex: 'half' } as const;
    const { status } = await fetch(to, init);
    response.writeHead(status).end();
  }
}

/** What the answer to an archive call would say of these bytes. */
export function retold(said: Reply, bytes: Buffer, manifest: Readonly<Record<string, unknown>> = {}): Reply {
  const body = bodyOf(said);
  const [size, sha256] = [bytes.length, createHash('sha256').update(bytes).digest('hex')];
  const told = { ...Object(body.manifest), size, sha256, ...manifest };
  return { ...said, text: JSON.stringify({ ...body, size, r2_checksum: sha256, manifest: told }) };
}

async function received(request: IncomingMessage): Promise<Call> {
  const text = (await buffer(request)).toString();
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { method = 'GET', url: path = '/' } = request;
  return { method, path, headers, text, body: bodyOf({ text }), epoch: Number(headers['valet-epoch']) };
}

async function handOn(port: number, call: Call): Promise<Reply> {
  const { connection, host, 'content-length': length, ...headers } = call.headers;
  const body = call.method === 'GET' || call.method === 'HEAD' ? {} : { body: call.text };
  const answer = await fetch(`http://127.0.0.1:${port}${call.path}`, { method: call.method, headers, ...body });
  const { 'content-length': size, 'transfer-encoding': coding, ...told } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers: told, text: await answer.text() };
}

function give(response: ServerResponse, answer: Reply | 'drop'): void {
  if (answer === 'drop') response.destroy();
  else response.writeHead(answer.status, answer.headers).end(answer.text);
}

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
