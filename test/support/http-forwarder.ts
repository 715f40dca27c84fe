import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { OutwardCalls, Verdict } from './outward-calls.js';

export interface HttpForwarder extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** A real HTTP hop between one instance and a server. `nameOf` answers null for what is not the instance's own call. */
export async function forwardHttp(
  target: string,
  calls: OutwardCalls,
  nameOf: (request: IncomingMessage) => string | null,
): Promise<HttpForwarder> {
  const server = createServer((request, response) => void forward(request, response));
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const name = nameOf(request);
      if (name !== null) ends(request.socket);
      const body = await buffer(request);
      const verdict = name === null ? 'pass' : await calls.leave(name);
      const sent: Sent = { target: new URL(target), request, body: arriving(body, verdict) };
      if (verdict === 'late') calls.postpone(() => passOn(sent, AbortSignal.timeout(lateTimeoutMs)));
      const answer = await answerTo(verdict, () => passOn(sent, whileThere(request, response)));
      if (verdict === 'die_after') calls.die();
      if (verdict === 'stall') {
        calls.freeze();
        await calls.thawed;
      }
      if (verdict === 'lose_answer') request.socket.destroy();
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      // Whatever broke on the way breaks for the caller too.
      request.socket.destroy();
    }
  };
  const ends = (socket: Socket) => {
    if (calls.dead) socket.destroy();
    calls.death.addEventListener('abort', () => socket.destroy(), { once: true });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answered {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

/** @throws when nothing is to be answered */
async function answerTo(verdict: Verdict, passedOn: () => Promise<Answered>): Promise<Answered> {
  if (verdict === 'cut' || verdict === 'late') throw new Error('The connection breaks.');
  if (verdict === 'refuse') return refusal;
  if (verdict === 'twice') await passedOn();
  return passedOn();
}

/** Of the shape that Fly has; machines and stores are understood by the status alone. */
const refusal: Answered = {
  status: 500,
  headers: ['content-type', 'application/json'],
  body: Buffer.from(JSON.stringify({ error: 'refused by the test' })),
};

function arriving(body: Buffer, verdict: Verdict): Buffer {
  return verdict === 'halve' ? body.subarray(0, body.length / 2) : body;
}

interface Sent {
  readonly target: URL;
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** What is late has no caller who would give it up. */
const lateTimeoutMs = 5_000;

/** Aborts when the caller is gone. @throws when it is gone already, so that what died has sent nothing */
function whileThere(request: IncomingMessage, response: ServerResponse): AbortSignal {
  if (request.socket.destroyed) throw new Error('The caller is gone.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

async function passOn({ target, request, body }: Sent, signal: AbortSignal): Promise<Answered> {
  const { method = 'GET', url: path = '/', rawHeaders } = request;
  const { hostname: host, port } = target;
  const headers = rawHeaders.map((value, index) => (isLength(rawHeaders[index - 1]) ? String(body.length) : value));
  const sent = send({ host, port, method, path, headers, agent: false, signal });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await buffer(answer) };
}

function isLength(name: string | undefined): boolean {
  return name?.toLowerCase() === 'content-length';
}
