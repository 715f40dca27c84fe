import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { refuseConnect, refuseUnread } from './unread.js';

export interface ApiServer {
  /** Without `/v1`. */
  readonly url: string;
  /** Cuts open connections. Safe to repeat. */
  close(): Promise<void>;
}

/** How long a caller may take, in real time: these protect the emulator and are no behaviour of Fly's. */
export interface ServerBounds {
  readonly headersTimeoutMs: number;
  /** For the whole request, with its body. */
  readonly requestTimeoutMs: number;
  readonly idleConnectionMs: number;
  readonly maxHeaderBytes: number;
}

const defaultBounds: ServerBounds = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 60_000,
  idleConnectionMs: 60_000,
  maxHeaderBytes: 16 * 1024,
};

/** How exactly the bounds are kept. */
const checkEveryMs = 250;

/** @throws when the port is taken */
export async function startApiServer(
  listener: RequestListener,
  port: number,
  bounds: Partial<ServerBounds> = {},
): Promise<ApiServer> {
  const server = boundServer(listener, bounds).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The API server has no port.');
  let closed: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${address.port}`, close: () => (closed ??= close()) };
}

/** A server that keeps the bounds and does not listen yet. */
export function boundServer(listener: RequestListener, changes: Partial<ServerBounds> = {}): Server {
  const bounds = { ...defaultBounds, ...changes };
  const settings = {
    headersTimeout: bounds.headersTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.idleConnectionMs,
    connectionsCheckingInterval: checkEveryMs,
    maxHeaderSize: bounds.maxHeaderBytes,
    // The server would refuse without a body that says why.
    requireHostHeader: false,
  };
  return createServer(settings, listener)
    .on('clientError', refuseUnread)
    .on('connect', (_request, socket) => refuseConnect(socket))
    .on('checkExpectation', listener);
}
