import { Clock } from '../clock.js';
import type { Tokens } from './api/access.js';
import { withAffinity } from './api/affinity.js';
import { createApiHandler } from './api/handler.js';
import { machineActionRoutes } from './api/machine-action-routes.js';
import { machineRoutes } from './api/machine-routes.js';
import { metadataRoutes } from './api/metadata-routes.js';
import { organisations } from './api/organisations.js';
import { resourceRoutes } from './api/resource-routes.js';
import type { Route } from './api/router.js';
import { type ApiServer, startApiServer } from './api/server.js';
import { Apps } from './apps/apps.js';
import { AppRemovals } from './apps/removal.js';
import { AppResources } from './apps/resources.js';
import type { Secrets } from './apps/secrets.js';
import { FaultList, type FlyFaults } from './faults/faults.js';
import { Hosts } from './hosts/hosts.js';
import type { MachineHost } from './machine-host.js';
import { type BootSettings, bootMachine } from './machines/boot.js';
import type { MachineContext } from './machines/context.js';
import { hostMachines } from './machines/hosted-machine.js';
import { MachineRegistry } from './machines/registry.js';
import type { FlyEmulatorOptions } from './options.js';
import { regions } from './regions.js';
import { instantTimings } from './timings.js';
import { UnconfirmedAnswers } from './unconfirmed.js';
import { Snapshots } from './volumes/snapshots.js';
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
  /** Cuts all connections, ends every process and resolves when they are gone. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Fly's Machines API on one computer. Machines are processes, volumes are folders, a suspended machine is a paused
 * process group.
 * @throws when the port is taken
 */
export async function startFlyEmulator(options: FlyEmulatorOptions): Promise<FlyEmulator> {
  const { token, onLog = ignore } = options;
  const platform = buildPlatform(options, () => server.url);
  const { clock, registry, apps, hosts, faults, unconfirmed, removals } = platform;
  const { access } = platform.tokens;
  const handler = createApiHandler({ routes: allRoutes(platform), apps, access, clock, faults, onLog });
  const server: ApiServer = await startApiServer(handler, options.port ?? 0);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await server.close();
    await removals.close();
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
  readonly snapshots: Snapshots;
  readonly resources: AppResources;
  readonly removals: AppRemovals;
  readonly tokens: Tokens;
  /** Slugs of all organisations. */
  readonly orgs: readonly string[];
  readonly faults: FaultList;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** The machines boot only after the server listens, so its address may be asked for then. */
function buildPlatform(options: FlyEmulatorOptions, apiUrl: () => string): Platform {
  const { dir, clock = new Clock(), onLog = ignore } = options;
  const pace = { timings: { ...instantTimings, ...options.timings } };
  const hosts = new Hosts(regions.map((region) => region.code));
  const unconfirmed = new UnconfirmedAnswers(options.unconfirmed);
  const nowMs = () => clock.nowMs();
  const apps = new Apps(nowMs);
  const resources = new AppResources(nowMs);
  const { own, tokens, slugs: orgs } = organisations(options, nowMs);
  for (const name of appNames(options)) apps.add({ name, org: own, network: 'default' });
  const volumes = new Volumes({ dir, pace, clock, hosts, unconfirmed });
  const snapshots = new Snapshots({ dir, pace, clock });
  const boots = bootSettings(options, { volumes, secrets: resources.secrets, clock }, apiUrl);
  const context: MachineContext = {
    pace,
    clock,
    hosts,
    unconfirmed,
    onLog,
    boot: (record, signal) => bootMachine(boots, record, signal),
    onDestroyed: ({ config }) => {
      const volume = config.mounts?.[0]?.volume;
      if (volume !== undefined) volumes.release(volume);
    },
  };
  const registry = new MachineRegistry(context, volumes);
  const faults = new FaultList((id) => loseSnapshot(registry, id));
  const onRemoved = (app: string) => {
    tokens.revoke(app);
    resources.forget(app);
  };
  const removals = new AppRemovals({ apps, registry, volumes, clock, pace, onRemoved, onLog });
  return { clock, apps, hosts, registry, volumes, snapshots, resources, removals, tokens, orgs, faults, unconfirmed };
}

function bootSettings(
  options: FlyEmulatorOptions,
  { volumes, secrets, clock }: { readonly volumes: Volumes; readonly secrets: Secrets; readonly clock: Clock },
  apiUrl: () => string,
): BootSettings {
  const { dir, token, projectServer, machineApiEnv, onProcess = ignore } = options;
  return {
    dir,
    program: projectServer,
    volumeDirOf: (id) => volumes.dirOf(id),
    apiEnvOf: ({ app, id }) => ({
      ...secrets.environmentOf(app),
      ...machineApiEnv?.({ url: apiUrl(), token, app, machineId: id }),
    }),
    onProcess,
    clock,
  };
}

function allRoutes(platform: Platform): readonly Route[] {
  const { registry, unconfirmed } = platform;
  return [
    ...machineRoutes(registry),
    ...machineActionRoutes(registry),
    ...metadataRoutes(registry),
    ...resourceRoutes(platform),
  ].map((route) => withAffinity(route, unconfirmed));
}

function appNames({ app, controlPlaneApp }: FlyEmulatorOptions): readonly string[] {
  return controlPlaneApp === undefined ? [app] : [app, controlPlaneApp];
}

function loseSnapshot(registry: MachineRegistry, machineId: string): void {
  const machine = registry.find(machineId);
  if (machine === undefined) throw new Error(`There is no machine ${machineId} whose snapshot could be lost.`);
  machine.loseSnapshot();
}

function ignore(): void {}
