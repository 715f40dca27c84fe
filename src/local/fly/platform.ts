import { Clock } from '../clock.js';
import { freePort } from '../free-port.js';
import type { Tokens } from './api/access.js';
import { withAffinity } from './api/affinity.js';
import { machineActionRoutes } from './api/machine-action-routes.js';
import { MachineCalls } from './api/machine-calls.js';
import { machineInsideRoutes } from './api/machine-inside-routes.js';
import { machineLeaseRoutes } from './api/machine-lease-routes.js';
import { machineRoutes } from './api/machine-routes.js';
import { metadataRoutes } from './api/metadata-routes.js';
import { organisations } from './api/organisations.js';
import { resourceRoutes } from './api/resource-routes.js';
import type { Route } from './api/router.js';
import { Apps } from './apps/apps.js';
import { AppRemovals } from './apps/removal.js';
import { AppResources } from './apps/resources.js';
import { FaultList } from './faults/faults.js';
import { MemorySnapshots } from './faults/memory-snapshots.js';
import { Hosts } from './hosts/hosts.js';
import { listsOf, stillLists } from './lists.js';
import type { ApiSockets } from './machines/api-sockets.js';
import { MachineRegistry } from './machines/registry.js';
import { type BootSettings, bootMachine, clearRootDir } from './machines/vm/boot.js';
import { Ports } from './machines/vm/ports.js';
import type { FlyEmulatorOptions } from './options.js';
import { Pace } from './pace/pace.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { regions } from './regions.js';
import { UnconfirmedAnswers } from './unconfirmed.js';
import { Snapshots } from './volumes/snapshots.js';
import { Volumes } from './volumes/volumes.js';

/** Where everything that the emulator consists of is joined, but for its server. */
export interface Platform {
  readonly clock: Clock;
  readonly apps: Apps;
  readonly hosts: Hosts;
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly snapshots: Snapshots;
  readonly resources: AppResources;
  readonly removals: AppRemovals;
  readonly tokens: Tokens;
  /** The slug of the organisation that has the emulator's apps. */
  readonly org: string;
  /** Slugs of all organisations. */
  readonly orgs: readonly string[];
  readonly faults: FaultList;
  readonly pace: Pace;
  readonly rateLimits: RateLimits;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** @param sockets where the machines' own Machines APIs listen */
export function buildPlatform(options: FlyEmulatorOptions, sockets: ApiSockets): Platform {
  const { dir, clock = new Clock(), onLog = ignore } = options;
  const { pace: profile = 'instant', timings = {}, random = Math.random } = options;
  const nowMs = () => clock.nowMs();
  const pace = new Pace({ profile, timings, random });
  const hosts = new Hosts(regions.map((region) => region.code));
  const unconfirmed = new UnconfirmedAnswers(options.unconfirmed);
  const { own: org, tokens, slugs: orgs } = organisations(options, nowMs);
  const apps = new Apps(nowMs);
  for (const name of appNames(options)) apps.add({ name, org, network: 'default' });
  const resources = new AppResources(nowMs);
  const volumes = new Volumes({ dir, pace, clock, hosts, unconfirmed });
  const snapshots = new Snapshots({ dir, pace, clock });
  const boots = bootSettings(options, { volumes, resources, clock }, sockets);
  const registry = new MachineRegistry(
    {
      pace,
      clock,
      hosts,
      unconfirmed,
      onLog,
      untilFree: ({ identity: { id, app }, state }, signal) => faults.untilFree({ id, app, state }, signal),
      boot: (request) => bootMachine(boots, request),
      onDestroyed: async ({ identity, config }) => {
        const volume = config.mounts?.[0]?.volume;
        if (volume !== undefined) volumes.release(volume);
        await sockets.close(identity.id);
        await clearRootDir(dir, identity.id);
      },
    },
    volumes,
  );
  const onRemoved = (app: string) => {
    tokens.revoke(app);
    resources.forget(app);
  };
  const removals = new AppRemovals({ apps, registry, volumes, clock, pace, onRemoved, onLog });
  const rateLimits = new RateLimits({ clock, unconfirmed }, options.rateLimits ?? false);
  const things = { registry, volumes };
  const faults: FaultList = new FaultList({
    clock,
    lists: listsOf(things),
    stillLists: () => stillLists(things, clock.nowMs()),
    snapshots: new MemorySnapshots(registry),
  });
  const what = { apps, registry, volumes, snapshots, resources, removals, tokens, org, orgs };
  return { ...what, clock, hosts, pace, rateLimits, unconfirmed, faults };
}

function bootSettings(
  options: FlyEmulatorOptions,
  { volumes, resources, clock }: Pick<Platform, 'volumes' | 'resources' | 'clock'>,
  sockets: ApiSockets,
): BootSettings {
  const { dir, projectServer, images = {}, machineEnv = {}, onProcess = ignore } = options;
  return {
    dir,
    programs: { fallback: projectServer, images },
    volumeDirOf: (id) => volumes.dirOf(id),
    secretsOf: (app) => resources.secrets.environmentOf(app),
    apiSocketOf: (machine) => sockets.open(machine),
    machineEnv,
    ports: new Ports(freePort),
    onProcess,
    clock,
  };
}

export function allRoutes(platform: Platform): readonly Route[] {
  const { registry, unconfirmed } = platform;
  const calls = new MachineCalls(registry, unconfirmed);
  return [
    ...machineRoutes(registry, calls, unconfirmed),
    ...machineActionRoutes(calls, unconfirmed),
    ...machineInsideRoutes(calls, unconfirmed),
    ...machineLeaseRoutes(calls, unconfirmed),
    ...metadataRoutes(calls, unconfirmed),
    ...resourceRoutes(platform),
  ].map((route) => withAffinity(route, unconfirmed));
}

function appNames({ app, controlPlaneApp }: FlyEmulatorOptions): readonly string[] {
  return controlPlaneApp === undefined ? [app] : [app, controlPlaneApp];
}

function ignore(): void {}
