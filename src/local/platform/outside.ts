import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlyEmulator, startFlyEmulator } from '../fly/emulator.js';
import type { FlyEmulatorOptions } from '../fly/options.js';
import { type PrivateNetwork, startPrivateNetwork } from '../private-network.js';
import { projectServerProgram } from '../programs.js';
import type { LocalProxy, ProxyOptions } from '../proxy/options.js';
import { startProxy } from '../proxy/proxy.js';
import type { OnProcess } from '../started-process.js';
import { defaultAutostop, machineApp } from './options.js';

/** What may be said about the emulator from outside; its proxy writes to the same `onLog`. */
export type FlyChoices = Partial<Omit<FlyEmulatorOptions, 'dir' | 'controlPlaneApp' | 'onProcess'>>;

interface OutsideOptions {
  readonly dir: string;
  readonly onProcess: OnProcess;
  readonly fly: FlyChoices;
  readonly proxy: Pick<ProxyOptions, 'port' | 'controlPlane' | 'autostop'>;
}

export interface Outside {
  readonly fly: FlyEmulator;
  readonly network: PrivateNetwork;
  readonly proxy: LocalProxy;
}

/** With times made short a destroyed machine can still be asked about for long enough to be noticed. */
const lingering = { destroyLingerMs: 60_000, volumePendingDestroyMs: 60_000 };

/** "Every few minutes", says fly.io/docs/reference/fly-proxy-autostop-autostart; how few is our guess. */
const flyAutostop = { passMs: 180_000, idleMs: 180_000 };

/** All that is Fly's: the Machines API, the proxy before it and the network behind it. */
export async function startOutside(opening: AsyncDisposableStack, options: OutsideOptions): Promise<Outside> {
  const { controlPlane } = options.proxy;
  const fly = opening.adopt(await startFly(options), (it) => it.stop());
  const { machines, clock } = fly;
  const shared = { machines, clock, machineApp: fly.app, unconfirmed: fly.unconfirmed.now };
  const reached = startPrivateNetwork({ machines, callerApp: controlPlane.app });
  const network = opening.adopt(await reached, (it) => it.stop());
  const { pace, onLog } = options.fly;
  const autostop = pace === 'fly' ? flyAutostop : defaultAutostop;
  const started = startProxy({ ...shared, autostop, ...(onLog && { onLog }), ...options.proxy });
  const proxy = opening.adopt(await started, (it) => it.stop());
  return { fly, network, proxy };
}

async function startFly({ dir, onProcess, fly, proxy }: OutsideOptions): Promise<FlyEmulator> {
  const flyDir = join(dir, 'fly');
  await mkdir(flyDir);
  const timings = fly.pace === 'fly' ? fly.timings : { ...lingering, ...fly.timings };
  return startFlyEmulator({
    app: machineApp,
    token: `local-${randomBytes(8).toString('hex')}`,
    ...fly,
    projectServer: { env: machineEnvironment(), ...(fly.projectServer ?? projectServerProgram()) },
    ...(timings && { timings }),
    controlPlaneApp: proxy.controlPlane.app,
    dir: flyDir,
    onProcess,
  });
}

/**
 * What the project server needs on a machine whose config knows nothing of it: a folder, which there is on the root file
 * system alone, and a secret, which then nobody has.
 */
function machineEnvironment(): Record<string, string> {
  const nobodysSecret = randomBytes(16).toString('hex');
  return { VALET_EXIT_WITH_PARENT: '1', VALET_DATA_DIR: 'data', VALET_INTERNAL_SECRET: nobodysSecret };
}
