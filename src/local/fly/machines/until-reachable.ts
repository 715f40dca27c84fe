import type { Hosts } from '../hosts/hosts.js';

/** Resolves once the host can be reached, at once if it can. @throws the signal's reason */
export async function untilReachable(hosts: Hosts, hostId: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (hosts.get(hostId).reachable) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const unwatch = hosts.watch(() => {
    if (hosts.get(hostId).reachable) resolve();
  });
  try {
    await promise;
  } finally {
    unwatch();
    signal.removeEventListener('abort', abort);
  }
}
