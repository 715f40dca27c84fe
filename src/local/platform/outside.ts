import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlyEmulator, startFlyEmulator } from '../fly/emulator.js';
import { type PrivateNetwork, startPrivateNetwork } from '../private-network.js';
import { projectServerProgram } from '../programs.js';
import type { LocalProxy } from '../proxy/options.js';
import { startProxy } from '../proxy/proxy.js';
import type { OnProcess } from '../started-process.js';
import { controlPlaneApp, defaultAutostop, machineApp, type PlatformOptions } from './options.js';
import type { ValetServe } from './valet-serve.js';

interface OutsideOptions {
  readonly options: PlatformOptions;
  readonly dir: string;
  /** Read at each request: the proxy is there before the instances, since they are told its address. */
  readonly instances: readonly ValetServe[];
  readonly onProcess: OnProcess;
}

export interface Outside {
  readonly fly: FlyEmulator;
  readonly network: PrivateNetwork;
  readonly proxy: LocalProxy;
}

/** On Fly a destroyed machine can be asked about for minutes; here for long enough to be noticed. */
const lingering = { destroyLingerMs: 60_000, volumePendingDestroyMs: 60_000 };

/** All that is Fly's: the Machines API, the proxy before it and the network behind it. */
export async function startOutside(
  opening: AsyncDisposableStack,
  { options, dir, instances, onProcess }: OutsideOptions,
): Promise<Outside> {
  const flyDir = join(dir, 'fly');
  await mkdir(flyDir);
  const fly = opening.adopt(await startFly(options, flyDir, onProcess), (it) => it.stop());
  const reached = startPrivateNetwork({ machines: fly.machines, callerApp: controlPlaneApp });
  const network = opening.adopt(await reached, (it) => it.stop());
  const listed = () => instances.map(({ name, host, port }) => ({ id: name, host, port }));
  const started = startProxy({
    machines: fly.machines,
    machineApp,
    port: options.port ?? 0,
    controlPlane: { app: controlPlaneApp, instances: listed },
    autostop: options.autostop ?? defaultAutostop,
  });
  const proxy = opening.adopt(await started, (it) => it.stop());
  return { fly, network, proxy };
}

function startFly(options: PlatformOptions, dir: string, onProcess: OnProcess): Promise<FlyEmulator> {
  return startFlyEmulator({
    dir,
    app: machineApp,
    controlPlaneApp,
    token: `local-${randomBytes(8).toString('hex')}`,
    projectServer: options.projectServer ?? projectServerProgram(),
    timings: { ...lingering, ...options.timings },
    machineEnv: { VALET_EXIT_WITH_PARENT: '1' },
    onProcess,
  });
}
