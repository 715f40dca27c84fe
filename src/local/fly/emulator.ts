import { Clock } from '../clock.js';
import { type Access, Tokens } from './api/access.js';
import { appRoutes } from './api/app-routes.js';
import { createApiHandler } from './api/handler.js';
import { machineActionRoutes } from './api/machine-action-routes.js';
import { MachineCalls } from './api/machine-calls.js';
import { machineInsideRoutes } from './api/machine-inside-routes.js';
import { machineLeaseRoutes } from './api/machine-lease-routes.js';
import { machineRoutes } from './api/machine-routes.js';
import { metadataRoutes } from './api/metadata-routes.js';
import type { Route } from './api/router.js';
import { type ApiServer, startApiServer } from './api/server.js';
import { volumeRoutes } from './api/volume-routes.js';
import { Apps } from './apps/apps.js';
import { FaultList, type FlyFaults } from './faults/faults.js';
import { Hosts } from './hosts/hosts.js';
import type { MachineHost } from './machine-host.js';
import { ApiSockets } from './machines/api-sockets.js';
import type { MachineContext } from './machines/context.js';
import { hostMachines } from './machines/hosted-machine.js';
import { MachineRegistry } from './machines/registry.js';
import { type BootSettings, bootMachine, clearRootDir } from './machines/vm/boot.js';
import type { FlyEmulatorOptions } from './options.js';
import { regions } from './regions.js';
import { instantTimings } from './timings.js';
import { UnconfirmedAnswers } from './unconfirmed.js';
import { Volumes } from './volumes/volumes.js';

export interface FlyEmulator {
  /** Base of the Machines API, without `/v1`. */
  readonly url: string;
  readonly app: string;
  readonly token: string;
  readonly clock: Clock;
  /** What the proxy and the private network see. */
  readonly machines: MachineHost;
  readonly hosts: Hosts;
  readonly faults: FlyFaults;
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
  const { token, org = 'personal', onLog = ignore } = options;
  const sockets = new ApiSockets(options.dir, (app) => listenerFor(() => ({ kind: 'app', app })));
  const platform = buildPlatform(options, sockets);
  const { clock, registry, apps, hosts, faults, unconfirmed } = platform;
  for (const name of appNames(options)) apps.add({ name, org, network: 'default' });
  const tokens = new Tokens();
  tokens.add(token, { kind: 'org', org });
  const routes = allRoutes(platform);
  const listenerFor = (access: Access) => createApiHandler({ routes, apps, access, clock, faults, onLog });
  const server: ApiServer = await startApiServer(listenerFor(tokens.access), options.port ?? 0);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await server.close();
    await Promise.all([registry.close(), sockets.closeAll()]);
  };
  return {
    url: server.url,
    app: options.app,
    token,
    clock,
    machines: hostMachines(registry, (name) => apps.find(name)),
    hosts,
    faults,
    unconfirmed,
    migrate: (machineId) => registry.migrate(machineId),
    stop: () => (stopped ??= stop()),
  };
}

interface Platform {
  readonly clock: Clock;
  readonly apps: Apps;
  readonly hosts: Hosts;
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly faults: FaultList;
  readonly unconfirmed: UnconfirmedAnswers;
}

function buildPlatform(options: FlyEmulatorOptions, sockets: ApiSockets): Platform {
  const { dir, clock = new Clock(), onLog = ignore } = options;
  const pace = { timings: { ...instantTimings, ...options.timings } };
  const hosts = new Hosts(regions.map((region) => region.code));
  const unconfirmed = new UnconfirmedAnswers(options.unconfirmed);
  const apps = new Apps(() => clock.nowMs());
  const volumes = new Volumes({ dir, pace, clock, hosts });
  const boots = bootSettings(options, volumes, clock, sockets);
  const context: MachineContext = {
    pace,
    clock,
    hosts,
    unconfirmed,
    onLog,
    boot: (request) => bootMachine(boots, request),
    onDestroyed: async ({ identity, config }) => {
      const volume = config.mounts?.[0]?.volume;
      if (volume !== undefined) volumes.release(volume);
      await sockets.close(identity.id);
      await clearRootDir(dir, identity.id);
    },
  };
  const registry = new MachineRegistry(context, volumes);
  const faults = new FaultList((id) => loseSnapshot(registry, id));
  return { clock, apps, hosts, registry, volumes, faults, unconfirmed };
}

function bootSettings(options: FlyEmulatorOptions, volumes: Volumes, clock: Clock, sockets: ApiSockets): BootSettings {
  const { dir, projectServer, images = {}, machineEnv = {}, onProcess = ignore } = options;
  return {
    dir,
    programs: { fallback: projectServer, images },
    volumeDirOf: (id) => volumes.dirOf(id),
    apiSocketOf: (machine) => sockets.open(machine),
    machineEnv,
    onProcess,
    clock,
  };
}

function allRoutes(platform: Platform): readonly Route[] {
  const { registry, volumes, clock, unconfirmed } = platform;
  const calls = new MachineCalls(registry, unconfirmed);
  return [
    ...machineRoutes(registry, calls, unconfirmed),
    ...machineActionRoutes(calls, unconfirmed),
    ...machineInsideRoutes(calls, unconfirmed),
    ...machineLeaseRoutes(calls, unconfirmed),
    ...metadataRoutes(calls, unconfirmed),
    ...volumeRoutes(volumes, clock, unconfirmed),
    ...appRoutes(platform),
  ];
}

function appNames({ app, controlPlaneApp }: FlyEmulatorOptions): readonly string[] {
  return controlPlaneApp === undefined ? [app] : [app, controlPlaneApp];
}

function loseSnapshot(registry: MachineRegistry, machineId: string): void {
  const machine = registry.find(machineId);
  if (machine === undefined) throw new Error(`There is no machine ${machineId} whose snapshot could be lost.`);
  machine.vm.loseSnapshot();
}

function ignore(): void {}
