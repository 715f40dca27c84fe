import type { OnProcess } from '../started-process.js';
import { appRoutes } from './api/app-routes.js';
import { createApiHandler } from './api/handler.js';
import { machineActionRoutes } from './api/machine-action-routes.js';
import { machineRoutes } from './api/machine-routes.js';
import { metadataRoutes } from './api/metadata-routes.js';
import { type ApiServer, startApiServer } from './api/server.js';
import { volumeRoutes } from './api/volume-routes.js';
import { FaultList, type FlyFaults } from './faults/faults.js';
import type { MachineHost } from './machine-host.js';
import { type BootSettings, bootMachine } from './machines/boot.js';
import { hostMachines } from './machines/hosted-machine.js';
import { MachineRegistry } from './machines/registry.js';
import { type FlyTimings, instantTimings } from './timings.js';
import { Volumes } from './volumes/volumes.js';

export interface FlyEmulatorOptions {
  /** A folder of ours for volumes, root file systems and logs; left to the caller when the emulator stops. */
  readonly dir: string;
  /** The app that holds the machines. */
  readonly app: string;
  /** What callers must send as bearer. */
  readonly token: string;
  /** The organisation's slug; `personal` by default. */
  readonly org?: string;
  /** What any image runs. */
  readonly projectServer: { readonly command: string; readonly args: readonly string[] };
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Stamps what happens and decides what has become old. Passing states run on real time. */
  readonly clockMs?: () => number;
  readonly timings?: Partial<FlyTimings>;
  readonly onLog?: (line: string) => void;
  /** A second app that exists, without machines of its own at the start. */
  readonly controlPlaneApp?: string;
  /** Added to each machine's environment: how its program reaches the API that is `/.fly/api` on Fly. */
  readonly machineApiEnv?: (machine: MachineApiAccess) => Readonly<Record<string, string>>;
  /** Told of each machine's process as it starts. */
  readonly onProcess?: OnProcess;
}

export interface MachineApiAccess {
  /** Base of the Machines API, without `/v1`. */
  readonly url: string;
  readonly token: string;
  readonly app: string;
  readonly machineId: string;
}

export interface FlyEmulator {
  /** Base of the Machines API, without `/v1`. */
  readonly url: string;
  readonly app: string;
  readonly token: string;
  /** What the proxy and the private network see. */
  readonly machines: MachineHost;
  readonly faults: FlyFaults;
  /** Cuts all connections, ends every process and resolves when they are gone. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Fly's Machines API on one computer. Machines are processes, volumes are folders, a suspended machine is a paused
 * process group.
 * @throws when the port is taken
 */
export async function startFlyEmulator(options: FlyEmulatorOptions): Promise<FlyEmulator> {
  const platform = buildPlatform(options, () => server.url);
  const { registry, volumes, faults, clockMs } = platform;
  const apps = options.controlPlaneApp === undefined ? [options.app] : [options.app, options.controlPlaneApp];
  const org = options.org ?? 'personal';
  const handler = createApiHandler({
    routes: [
      ...machineRoutes(registry),
      ...machineActionRoutes(registry),
      ...metadataRoutes(registry),
      ...volumeRoutes(volumes, clockMs),
      ...appRoutes({ org, registry, volumes }),
    ],
    apps,
    token: options.token,
    faults,
    onLog: options.onLog ?? ignore,
  });
  const server: ApiServer = await startApiServer(handler, options.port ?? 0);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await server.close();
    await registry.close();
  };
  return {
    url: server.url,
    app: options.app,
    token: options.token,
    machines: hostMachines(registry, (name) => (apps.includes(name) ? { name, org, network: 'default' } : undefined)),
    faults,
    stop: () => (stopped ??= stop()),
  };
}

interface Platform {
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly faults: FaultList;
  readonly clockMs: () => number;
}

/** The machines boot only after the server listens, so its address may be asked for then. */
function buildPlatform(options: FlyEmulatorOptions, apiUrl: () => string): Platform {
  const { dir, token, clockMs = Date.now, onLog = ignore } = options;
  const timings = { ...instantTimings, ...options.timings };
  const volumes = new Volumes({ dir, timings, clockMs });
  const settings: BootSettings = {
    dir,
    program: options.projectServer,
    volumeDirOf: (id) => volumes.dirOf(id),
    apiEnvOf: ({ app, id }) => options.machineApiEnv?.({ url: apiUrl(), token, app, machineId: id }) ?? {},
    onProcess: options.onProcess ?? ignore,
  };
  const registry = new MachineRegistry(
    {
      timings,
      clockMs,
      onLog,
      boot: (record, signal) => bootMachine(settings, record, signal),
      onDestroyed: ({ config }) => {
        const volume = config.mounts?.[0]?.volume;
        if (volume !== undefined) volumes.release(volume);
      },
    },
    volumes,
  );
  return { registry, volumes, faults: new FaultList((id) => loseSnapshot(registry, id)), clockMs };
}

function loseSnapshot(registry: MachineRegistry, machineId: string): void {
  const machine = registry.find(machineId);
  if (machine === undefined) throw new Error(`There is no machine ${machineId} whose snapshot could be lost.`);
  machine.loseSnapshot();
}

function ignore(): void {}
