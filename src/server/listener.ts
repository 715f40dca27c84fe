import { once } from 'node:events';
import { createServer, OutgoingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ValetError } from '../sdk/errors.js';
import type { Limits } from './limits.js';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How late a slow client may be noticed. */
const maxCheckEveryMs = 5_000;
/** Then a client that vanished without a word is asked whether it is there. */
const probeAfterMs = 30_000;

/**
 * A server with a bound on everything a client can make it wait for. It has no `upgrade` listener: node:http then
 * hands upgrade requests to the request listener like any other, which answers them as plain HTTP.
 */
export function createListener(handle: RequestListener, limits: Limits): Server {
  const server = createServer({
    // So that a second Host header is seen, instead of silently left out.
    joinDuplicateHeaders: true,
    // Most requests have no body, and a stream that says so costs more than finding the route.
    optimizeEmptyRequests: true,
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(maxCheckEveryMs, limits.headersTimeoutMs / 3),
    keepAlive: true,
    keepAliveInitialDelay: probeAfterMs,
    // What one parser takes for a request and another for two must not pass.
    insecureHTTPParser: false,
  });
  server.on('request', handle);
  server.on('clientError', answerMalformed);
  return server;
}

/** @throws ValetError `port_in_use` */
export async function listen(server: Server, host: string, port: number): Promise<Address> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (thrown) {
    throw new ValetError('port_in_use', `Cannot listen on ${host} port ${port}.`, {
      hint: 'Stop what uses the port, or choose another with CONTROL_PLANE_PORT or CONTROL_PLANE_PRIVATE_PORT.',
      cause: thrown,
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new ValetError('internal', 'The server has no port.');
  return { host: address.address, port: address.port };
}

/** Takes no more connections; what it returns resolves when the last one has ended. */
export function stopAccepting(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return promise;
}

/** Ends what is idle, gives answers on their way a moment to leave, then ends the rest. */
export async function endConnections(server: Server, closed: Promise<void>, limitMs: number): Promise<void> {
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), limitMs);
  await closed;
  clearTimeout(timer);
}

export function closeListener(server: Server, limitMs: number): Promise<void> {
  return endConnections(server, stopAccepting(server), limitMs);
}

const malformed: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is not HTTP never becomes a request, so the answer is written by hand. */
function answerMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAmidAnswer(socket)) {
    socket.destroy();
    return;
  }
  const status = malformed[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** Whatever was written now would be taken for a part of the answer that is on its way. */
function isAmidAnswer(socket: Duplex): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return answer instanceof OutgoingMessage && answer.headersSent;
}
