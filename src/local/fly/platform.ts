import { Clock } from '../clock.js';
import { freePort } from '../free-port.js';
import type { Tokens } from './api/access.js';
import { organisations } from './api/organisations.js';
import { Apps } from './apps/apps.js';
import { AppRemovals } from './apps/removal.js';
import { AppResources } from './apps/resources.js';
import { FaultList } from './faults/faults.js';
import { MemorySnapshots } from './faults/memory-snapshots.js';
import { Hosts } from './hosts/hosts.js';
import { listsOf, stillLists } from './lists.js';
import type { ApiSockets } from './machines/api-sockets.js';
import type { MachineContext } from './machines/context.js';
import { MachineRegistry } from './machines/registry.js';
import { type BootSettings, bootMachine, clearRootDir } from './machines/vm/boot.js';
import { Ports } from './machines/vm/ports.js';
import type { FlyEmulatorOptions } from './options.js';
import { Pace } from './pace/pace.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { regions } from './regions.js';
import { UnconfirmedAnswers } from './unconfirmed.js';
import { Copies } from './volumes/copies.js';
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
  /** Of volumes, that are under way. */
  readonly copies: Copies;
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
  const { dir, onLog = ignore } = options;
  const ground = groundOf(options);
  const { clock, unconfirmed } = ground;
  const nowMs = () => clock.nowMs();
  const { own: org, tokens, slugs: orgs } = organisations(options, nowMs);
  const apps = new Apps(nowMs);
  for (const name of appNames(options)) apps.add({ name, org, network: 'default' });
  const resources = new AppResources(nowMs);
  const copies = new Copies();
  const volumes = new Volumes({ dir, copies, ...ground });
  const snapshots = new Snapshots({ dir, copies, ...ground });
  const boots = bootSettings(options, { volumes, resources, clock }, sockets);
  const untilFree: MachineContext['untilFree'] = ({ identity: { id, app }, state }, signal) =>
    faults.untilFree({ id, app, state }, signal);
  const clearAway = clearing(dir, volumes, sockets);
  const boot: MachineContext['boot'] = (request) => bootMachine(boots, request);
  const registry = new MachineRegistry({ ...ground, onLog, untilFree, boot, onDestroyed: clearAway }, volumes);
  const faults = faultList(registry, volumes, clock);
  const onRemoved = (app: string) => {
    tokens.revoke(app);
    resources.forget(app);
  };
  const removals = new AppRemovals({ ...ground, apps, registry, volumes, onRemoved, onLog });
  const rateLimits = new RateLimits({ clock, unconfirmed }, options.rateLimits ?? false);
  const kept = { apps, registry, volumes, snapshots, copies, resources, removals, tokens, org, orgs };
  return { ...ground, ...kept, faults, rateLimits };
}

/** What everything else stands on. */
function groundOf(options: FlyEmulatorOptions): Pick<Platform, 'clock' | 'pace' | 'hosts' | 'unconfirmed'> {
  const { clock = new Clock(), pace: profile = 'instant', timings = {}, random = Math.random } = options;
  return {
    clock,
    pace: new Pace({ profile, timings, random }),
    hosts: new Hosts(regions.map((region) => region.code)),
    unconfirmed: new UnconfirmedAnswers(options.unconfirmed),
  };
}

function faultList(registry: MachineRegistry, volumes: Volumes, clock: Clock): FaultList {
  const things = { registry, volumes };
  return new FaultList({
    clock,
    lists: listsOf(things),
    stillLists: () => stillLists(things, clock.nowMs()),
    snapshots: new MemorySnapshots(registry),
  });
}

/** What goes when a machine is destroyed: its hold on its volume, its socket and its root file system. */
function clearing(dir: string, volumes: Volumes, sockets: ApiSockets): MachineContext['onDestroyed'] {
  return async ({ identity, config }) => {
    const volume = config.mounts?.[0]?.volume;
    if (volume !== undefined) volumes.release(volume);
    await sockets.close(identity.id);
    await clearRootDir(dir, identity.id);
  };
}

function bootSettings(
  options: FlyEmulatorOptions,
  { volumes, resources, clock }: Pick<Platform, 'volumes' | 'resources' | 'clock'>,
  sockets: ApiSockets,
): BootSettings {
  const { dir, projectServer, images = {}, onProcess = ignore } = options;
  return {
    dir,
    programs: { fallback: projectServer, images },
    volumeDirOf: (id) => volumes.dirOf(id),
    secretsOf: (app) => resources.secrets.environmentOf(app),
    apiSocketOf: (machine) => sockets.open(machine),
    ports: new Ports(freePort),
    onProcess,
    clock,
  };
}

function appNames({ app, controlPlaneApp }: FlyEmulatorOptions): readonly string[] {
  return controlPlaneApp === undefined ? [app] : [app, controlPlaneApp];
}

function ignore(): void {}
