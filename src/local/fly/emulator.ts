import { Clock } from '../clock.js';
import { Tokens } from './api/access.js';
import { appRoutes } from './api/app-routes.js';
import { createApiHandler } from './api/handler.js';
import { machineActionRoutes } from './api/machine-action-routes.js';
import { machineRoutes } from './api/machine-routes.js';
import { metadataRoutes } from './api/metadata-routes.js';
import type { Route } from './api/router.js';
import { type ApiServer, startApiServer } from './api/server.js';
import { volumeRoutes } from './api/volume-routes.js';
import { Apps } from './apps/apps.js';
import { createControlHandler, isControl } from './control/handler.js';
import { FaultList, type FlyFaults } from './faults/faults.js';
import { MemorySnapshots } from './faults/memory-snapshots.js';
import { type Things, Worlds } from './faults/worlds.js';
import { Hosts } from './hosts/hosts.js';
import type { MachineHost } from './machine-host.js';
import { type BootSettings, bootMachine } from './machines/boot.js';
import type { MachineContext } from './machines/context.js';
import { hostMachines } from './machines/hosted-machine.js';
import { MachineRegistry } from './machines/registry.js';
import type { FlyEmulatorOptions } from './options.js';
import { Pace } from './pace/pace.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { regions } from './regions.js';
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
  readonly pace: Pace;
  readonly rateLimits: RateLimits;
  readonly unconfirmed: UnconfirmedAnswers;
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
  const platform = buildPlatform(options, () => server.url);
  const { clock, registry, apps, hosts, faults, pace, rateLimits, unconfirmed } = platform;
  for (const name of appNames(options)) apps.add({ name, org, network: 'default' });
  const tokens = new Tokens();
  tokens.add(token, { kind: 'org', org });
  const { access } = tokens;
  const routes = allRoutes(platform);
  const api = createApiHandler({ ...platform, routes, access, onLog });
  const calls = [...new Set(routes.map(({ call }) => call))];
  const machines = { crash: (id: string) => crash(registry, id) };
  const control = createControlHandler({ ...platform, version: options.version, org, machines, calls }, token, onLog);
  const server: ApiServer = await startApiServer(
    (request, response) => (isControl(request.url) ? control : api)(request, response),
    options.port ?? 0,
  );
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await server.close();
    await registry.close();
  };
  return {
    url: server.url,
    app: options.app,
    token,
    clock,
    machines: hostMachines(registry, (name) => apps.find(name)),
    hosts,
    faults,
    pace,
    rateLimits,
    unconfirmed,
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
  readonly pace: Pace;
  readonly rateLimits: RateLimits;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** The machines boot only after the server listens, so its address may be asked for then. */
function buildPlatform(options: FlyEmulatorOptions, apiUrl: () => string): Platform {
  const { dir, clock = new Clock(), onLog = ignore } = options;
  const { pace: profile = 'instant', timings = {}, random = Math.random } = options;
  const pace = new Pace({ profile, timings, random });
  const hosts = new Hosts(regions.map((region) => region.code));
  const unconfirmed = new UnconfirmedAnswers(options.unconfirmed);
  const apps = new Apps(() => clock.nowMs());
  const volumes = new Volumes({ dir, pace, clock, hosts });
  const boots = bootSettings(options, volumes, clock, apiUrl);
  const context: MachineContext = {
    pace,
    clock,
    hosts,
    unconfirmed,
    onLog,
    untilFree: ({ identity: { id, app }, state }, signal) => faults.untilFree({ id, app, state }, signal),
    boot: (record, signal) => bootMachine(boots, record, signal),
    onDestroyed: ({ config }) => {
      const volume = config.mounts?.[0]?.volume;
      if (volume !== undefined) volumes.release(volume);
    },
  };
  const registry = new MachineRegistry(context, volumes);
  const worlds = new Worlds({ registry, volumes, clock }, (things) => allRoutes({ ...things, apps, unconfirmed }));
  const faults: FaultList = new FaultList({ clock, worlds, snapshots: new MemorySnapshots(registry) });
  const rateLimits = new RateLimits({ clock, unconfirmed }, options.rateLimits ?? false);
  return { clock, apps, hosts, registry, volumes, faults, pace, rateLimits, unconfirmed };
}

function bootSettings(options: FlyEmulatorOptions, volumes: Volumes, clock: Clock, apiUrl: () => string): BootSettings {
  const { dir, token, projectServer, machineApiEnv, onProcess = ignore } = options;
  return {
    dir,
    program: projectServer,
    volumeDirOf: (id) => volumes.dirOf(id),
    apiEnvOf: ({ app, id }) => machineApiEnv?.({ url: apiUrl(), token, app, machineId: id }) ?? {},
    onProcess,
    clock,
  };
}

function allRoutes(platform: Things & Pick<Platform, 'apps' | 'unconfirmed'>): readonly Route[] {
  const { registry, volumes, clock, unconfirmed } = platform;
  return [
    ...machineRoutes(registry),
    ...machineActionRoutes(registry),
    ...metadataRoutes(registry),
    ...volumeRoutes(volumes, clock, unconfirmed),
    ...appRoutes(platform),
  ];
}

function appNames({ app, controlPlaneApp }: FlyEmulatorOptions): readonly string[] {
  return controlPlaneApp === undefined ? [app] : [app, controlPlaneApp];
}

function crash(registry: MachineRegistry, machineId: string): boolean {
  const machine = registry.find(machineId);
  if (machine === undefined) throw new Error(`There is no machine ${machineId} that could crash.`);
  return machine.crash();
}

function ignore(): void {}
