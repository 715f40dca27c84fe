import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { ValetError } from '../sdk/errors.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const maxHeaderBytes = 16 * 1024;
const headersTimeoutMs = 15_000;
/** Longer than proxies keep their connections, so that it is they who end them and no request meets a closed one. */
const keepAliveTimeoutMs = 75_000;

/**
 * A server with a bound on everything a client can make it wait for. It has no `upgrade` listener: node:http then
 * hands upgrade requests to the request listener like any other, which answers them as plain HTTP.
 */
export function createListener(handle: RequestListener, requestTimeoutMs: number): Server {
  // So that a second Host header is seen, instead of silently left out.
  const joinDuplicateHeaders = true;
  const limits = { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs };
  const server = createServer({
    ...limits,
    joinDuplicateHeaders,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: 5_000,
  });
  server.on('request', handle);
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
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is not HTTP never becomes a request, so the answer is written by hand. */
export function answerMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = malformed[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
