import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Header } from '../headers.js';
import type { RequestBody } from '../request-body.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: RequestBody;
  /** False: on a connection of its own. */
  readonly pooled: boolean;
}

export type Answer =
  | { readonly kind: 'response'; readonly message: IncomingMessage }
  | { readonly kind: 'upgraded'; readonly message: IncomingMessage; readonly socket: Socket; readonly head: Buffer };

/** `refused`: no connection, nothing of the request was sent. `broken`: it may have been received. */
export type Sent =
  | Answer
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'broken'; readonly error: Error; readonly staleSocket: boolean };

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/**
 * Sends one request to one address. A kept-alive socket may already be dead at the other end, and then nobody can say
 * whether the request arrived: so only requests that may be repeated ride on one, and are repeated once on a new one.
 */
export class Upstream {
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  readonly #requestTimeoutMs: number;

  constructor(requestTimeoutMs: number) {
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async send(address: Address, outgoing: OutgoingRequest, signal: AbortSignal): Promise<Sent> {
    const repeatable = idempotent.has(outgoing.method) && outgoing.body.rest === undefined;
    const agent = repeatable && outgoing.pooled ? this.#agent : false;
    const first = await this.#sendOnce(address, outgoing, signal, agent);
    const again = first.kind === 'broken' && first.staleSocket && !signal.aborted;
    return again ? this.#sendOnce(address, outgoing, signal, false) : first;
  }

  close(): void {
    this.#agent.destroy();
  }

  #sendOnce(address: Address, wanted: OutgoingRequest, signal: AbortSignal, agent: Agent | false): Promise<Sent> {
    return new Promise((resolve) => {
      const { method, path } = wanted;
      const outgoing = request({ ...address, method, path, headers: wanted.headers.flat(), agent, signal });
      let connected = false;
      let received = () => 0;
      onConnected(outgoing, (socket) => {
        const before = socket.bytesRead;
        received = () => socket.bytesRead - before;
        connected = true;
        sendBody(outgoing, wanted.body);
      });
      // Stays for the request's life: an error after the answer has nowhere else to go.
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const staleSocket = outgoing.reusedSocket && received() === 0 && isReset(error);
        resolve(connected ? { kind: 'broken', error, staleSocket } : { kind: 'refused', error });
      });
      outgoing.on('response', (message) => resolve({ kind: 'response', message: message.on('error', ignore) }));
      outgoing.on('upgrade', (message, socket, head) => {
        socket.on('error', ignore).setTimeout(0);
        resolve({ kind: 'upgraded', message, socket, head });
      });
      outgoing.setTimeout(this.#requestTimeoutMs, () => {
        outgoing.destroy(new Error(`No byte from ${address.host}:${address.port} in ${this.#requestTimeoutMs} ms.`));
      });
    });
  }
}

function onConnected(outgoing: ClientRequest, act: (socket: Socket) => void): void {
  outgoing.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => act(socket));
    else act(socket);
  });
}

/** Called once there is a connection, so that a refusal costs nothing of a body that can be read only once. */
function sendBody(outgoing: ClientRequest, body: RequestBody): void {
  const { bytes, rest } = body;
  if (rest === undefined) {
    if (bytes.length > 0) outgoing.end(bytes);
    else outgoing.end();
    return;
  }
  if (bytes.length > 0) outgoing.write(bytes);
  rest.pipe(outgoing);
  // An answer may come before the whole body was read; what the client still sends is then thrown away.
  outgoing.once('close', () => rest.unpipe(outgoing).resume());
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function ignore(): void {}
