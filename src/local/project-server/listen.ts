import { once } from 'node:events';
import type { Server } from 'node:http';

/** No such address family, or no such address: what a machine without IPv6 answers. */
const noIpv6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

/**
 * Listens and returns the port. `::` means both families, which a Fly machine needs: the proxy comes over IPv4, the
 * private network over IPv6 (https://fly.io/docs/networking/app-services/). Without IPv6 it means IPv4.
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await listenOnce(server, host, port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (host !== '::' || !noIpv6.has(code)) throw error;
    await listenOnce(server, '0.0.0.0', port);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The project server has no port.');
  return address.port;
}

async function listenOnce(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port, ipv6Only: false });
  await once(server, 'listening');
}
