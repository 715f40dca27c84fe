import type { Clock } from '../clock.js';
import type { Access } from './api/access.js';
import { allRoutes } from './api/all-routes.js';
import { createApiHandler } from './api/handler.js';
import { type ApiServer, startApiServer } from './api/server.js';
import { createControlHandler, isControl } from './control/handler.js';
import type { FlyFaults } from './faults/faults.js';
import type { Hosts } from './hosts/hosts.js';
import type { MachineHost } from './machine-host.js';
import { ApiSockets } from './machines/api-sockets.js';
import { hostMachines } from './machines/hosted-machine.js';
import type { FlyEmulatorOptions } from './options.js';
import type { Pace } from './pace/pace.js';
import { buildPlatform } from './platform.js';
import type { RateLimits } from './rate-limits/rate-limits.js';
import type { UnconfirmedAnswers } from './unconfirmed.js';

/** A running emulator: its addresses, and all that it can be told to do. */
export interface FlyEmulator extends AsyncDisposable {
  /** Base of the Machines API, without `/v1`. */
  readonly url: string;
  readonly app: string;
  readonly token: string;
  readonly clock: Clock;
  /** What the proxy and the private network see. */
  readonly machines: MachineHost;
  readonly hosts: Hosts;
  readonly faults: FlyFaults;
  readonly pace: Pace;
  readonly rateLimits: RateLimits;
  readonly unconfirmed: UnconfirmedAnswers;
  /**
   * Moves a machine to another host of its region, as Fly does when it empties one: it stops, gets a copy of its volume
   * under a new id and another address, and starts again if it ran. Follow it over the API.
   * @throws when there is no such machine or no other host with room; FlyRefusal when something is under way with it
   */
  migrate(machineId: string): void;
  /** Cuts all connections, ends every process and resolves when they are gone. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Fly's Machines API on one computer. Machines are processes, volumes are folders, a suspended machine is a paused
 * process group.
 * @throws when the port is taken
 */
export async function startFlyEmulator(options: FlyEmulatorOptions): Promise<FlyEmulator> {
  const { app, token, version, onLog = () => undefined } = options;
  const sockets = new ApiSockets(options.dir, (app) => apiFor(() => ({ kind: 'app', app, viaSocket: true })));
  const platform = buildPlatform(options, sockets);
  const { registry, apps, tokens, removals, copies, clock, hosts, faults, pace, rateLimits, unconfirmed } = platform;
  const routes = allRoutes(platform);
  const apiFor = (access: Access) => createApiHandler({ ...platform, routes, access, onLog });
  const api = apiFor(tokens.access);
  const calls = [...new Set(routes.map(({ call }) => call))];
  const migrate = (machineId: string) => registry.migrate(machineId);
  const machines = { migrate, crash: (machineId: string) => registry.crash(machineId) };
  const control = createControlHandler({ ...platform, version, machines, calls }, token, onLog);
  const server: ApiServer = await startApiServer(
    (request, response) => (isControl(request.url) ? control : api)(request, response),
    options.port ?? 0,
  );
  let stopped: Promise<void> | undefined;
  const close = async () => {
    await server.close();
    await removals.close();
    await Promise.all([registry.close(), sockets.closeAll(), copies.close()]);
  };
  const stop = () => (stopped ??= close());
  return {
    url: server.url,
    app,
    token,
    clock,
    machines: hostMachines(registry, (name) => apps.find(name)),
    hosts,
    faults,
    pace,
    rateLimits,
    unconfirmed,
    migrate,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
