import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Who is asking, as an IP address. `Fly-Client-IP` counts only if Fly's proxy wrote it. */
export function clientAddress(request: IncomingMessage, trustFlyProxy: boolean): string {
  const peer = unmapped(request.socket.remoteAddress ?? '');
  const told = request.headers['fly-client-ip'];
  if (!trustFlyProxy || isPrivateNetwork(peer) || typeof told !== 'string') return peer;
  const address = unmapped(told.trim());
  return isIP(address) === 0 ? peer : address;
}

/** What creates are counted by. Whoever has one IPv6 address has the /64 around it, so that counts as one. */
export function clientKey(address: string): string {
  if (isIP(address) !== 6) return address;
  return `${groups(address).slice(0, 4).join(':')}::/64`;
}

/** Fly's 6PN: such a caller reached us past the proxy and could write any header. */
function isPrivateNetwork(address: string): boolean {
  return isIP(address) === 6 && address.toLowerCase().startsWith('fdaa:');
}

function unmapped(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

function groups(address: string): string[] {
  const [bare = ''] = address.split('%');
  // The URL parser writes any valid spelling in the one canonical form.
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}
