import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HostedMachine, MachineHost } from './fly/machine-host.js';
import { plainClient } from './proxy/client.js';
import { Upstream } from './proxy/delivery/upstream.js';
import { endToEnd, readHeaders, withHeaders } from './proxy/headers.js';
import { relay } from './proxy/relay.js';
import { decideReach } from './proxy/replay/reach.js';

export interface PrivateNetworkOptions {
  readonly machines: MachineHost;
  /** The app whose programs call here: what is on another network or of another organisation has no name for them. */
  readonly callerApp?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
}

/** A running stand-in for Fly's private network. */
export interface PrivateNetwork extends AsyncDisposable {
  /** Holds `{app}` and `{machine_id}` literally; stands for `http://{machine_id}.vm.{app}.internal:3000`. */
  readonly urlTemplate: string;
  /** Ends every call under way. Repeatable. */
  stop(): Promise<void>;
}

/** The longest silence of a machine: an archive is the longest call, and nothing comes while it is made. */
const maxSilenceMs = 15 * 60_000;

/**
 * Fly's private network on one computer. A machine has a name only while it is started, nothing here wakes it or
 * counts as traffic of the proxy, and what cannot be reached ends without an answer.
 * Source: fly.io/docs/networking/private-networking
 *
 * @throws what `listen` throws, with its code: EADDRINUSE when the port is taken
 */
export async function startPrivateNetwork(options: PrivateNetworkOptions): Promise<PrivateNetwork> {
  const upstream = new Upstream(maxSilenceMs);
  const calls = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const call = forward(options, upstream, request, response)
      .catch(() => void response.destroy())
      .finally(() => calls.delete(call));
    calls.add(call);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const close = async () => {
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
    await Promise.allSettled(calls);
    upstream.close();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= close());
  return { urlTemplate: `http://127.0.0.1:${port}/{app}/{machine_id}`, stop, [Symbol.asyncDispose]: stop };
}

async function forward(
  options: PrivateNetworkOptions,
  upstream: Upstream,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const client = plainClient(request, response);
  const [, app = '', id = '', path = '/'] = /^\/([^/?]+)\/([^/?]+)(\/.*)?$/.exec(request.url ?? '') ?? [];
  const machine = reaches(options, app) ? options.machines.find(app, id) : undefined;
  const address = machine?.state === 'started' ? machine.address : undefined;
  if (machine === undefined || address === undefined) return void response.destroy();
  const headers = withHeaders(endToEnd(readHeaders(request.rawHeaders)), [['Host', nameOf(machine)]]);
  const body = { bytes: Buffer.alloc(0), rest: request };
  const outgoing = { method: request.method ?? 'GET', path, headers, body, pooled: true };
  const sent = await upstream.send(address, outgoing, client.signal);
  if (sent.kind === 'response') return relay(client, sent, (received) => received);
  if (sent.kind === 'upgraded') sent.socket.destroy();
  response.destroy();
}

function reaches({ machines, callerApp }: PrivateNetworkOptions, app: string): boolean {
  const caller = callerApp === undefined ? undefined : machines.findApp(callerApp);
  return decideReach(caller, machines.findApp(app), false) === 'allowed';
}

function nameOf(machine: HostedMachine): string {
  return `${machine.id}.vm.${machine.app}.internal:3000`;
}
