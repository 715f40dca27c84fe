import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Answers what it was asked, as JSON. */
export function echo(name: string): RequestListener {
  return async (asked, response) => {
    const body = await text(asked).catch(() => '');
    const { method, url: path, headers, rawHeaders } = asked;
    response
      .writeHead(200, { 'x-served-by': name })
      .end(JSON.stringify({ name, method, path, headers, rawHeaders, body }));
  };
}

export interface Echoed {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request on a connection of its own. */
export async function ask(port: number, wanted: Ask = {}): Promise<Reply> {
  const { method = 'GET', path = '/', headers = {}, body } = wanted;
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  // An early answer may close the connection while the body is still being sent.
  const answered = once(outgoing, 'response');
  outgoing.on('error', () => undefined).end(body);
  const [message] = (await answered) as [IncomingMessage];
  return { status: message.statusCode ?? 0, headers: message.headers, body: await text(message) };
}

export async function askEcho(port: number, wanted: Ask = {}): Promise<Echoed> {
  const reply = await ask(port, wanted);
  if (reply.status !== 200) throw new Error(`Expected the echo, got ${reply.status}.`);
  return JSON.parse(reply.body) as Echoed;
}

/** Sends these bytes and answers all that came back until the other side closed. */
export async function rawAsk(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  return text(socket);
}

/** Fields of fly-replay-src and fly-replay-failed. */
export function fieldsOf(header: string | undefined): Record<string, string> {
  const pairs = (header ?? '').split(';').map((pair) => pair.split('=') as [string, string]);
  return Object.fromEntries(pairs);
}
