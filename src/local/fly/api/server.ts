import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export interface ApiServer {
  /** Without `/v1`. */
  readonly url: string;
  /** Cuts open connections. Safe to repeat. */
  close(): Promise<void>;
}

/** @throws when the port is taken */
export async function startApiServer(listener: RequestListener, port: number): Promise<ApiServer> {
  const server = createServer(listener).listen(port, '127.0.0.1');
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
