import type { FlyEmulator } from '../fly/emulator.js';
import type { PrivateNetwork } from '../private-network.js';
import type { ControlPlaneInstance, LocalProxy, ProxyOptions } from '../proxy/options.js';
import { openFolder } from './folder.js';
import { type FlyChoices, startOutside } from './outside.js';

export interface LocalFlyOptions extends FlyChoices {
  /** Of the proxy; 0, the default, takes a free one. */
  readonly proxyPort?: number;
  /** The app that answers every host name but those of apps; `valet` by default. Without `urls` its machines do it. */
  readonly controlPlane?: { readonly app: string; readonly urls?: readonly URL[] };
  /** Fly's autostop: how often it looks and how long a machine must be quiet. */
  readonly autostop?: NonNullable<ProxyOptions['autostop']>;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** Fly on one computer: Machines API, proxy and private network. */
export interface LocalFly extends AsyncDisposable {
  /** A folder of ours, with the machines' logs; gone after `stop`. */
  readonly dir: string;
  readonly emulator: FlyEmulator;
  readonly proxy: LocalProxy;
  readonly network: PrivateNetwork;
  /** Ends and removes everything. Repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts the emulated Fly by itself. If this process ends without `stop`, another one removes what it leaves behind.
 *
 * @throws what `listen` throws (`EADDRINUSE`) when a port is taken; what the signal was aborted with
 */
export async function startLocalFly(options: LocalFlyOptions = {}): Promise<LocalFly> {
  await using opening = new AsyncDisposableStack();
  const { proxyPort: port = 0, controlPlane = { app: 'valet' }, autostop, signal, ...fly } = options;
  const { dir, onProcess } = await openFolder(opening);
  signal?.throwIfAborted();
  const instances = controlPlane.urls?.map(instanceAt) ?? [];
  const { app } = controlPlane;
  const outside = await startOutside(opening, {
    dir,
    onProcess,
    fly,
    proxy: {
      port,
      controlPlane: instances.length === 0 ? { app } : { app, instances: () => instances },
      ...(autostop && { autostop }),
    },
  });
  signal?.throwIfAborted();
  const opened = opening.move();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= opened.disposeAsync());
  const { fly: emulator, proxy, network } = outside;
  return { dir, emulator, proxy, network, stop, [Symbol.asyncDispose]: stop };
}

function instanceAt({ hostname, port }: URL, index: number): ControlPlaneInstance {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { id: `control-plane-${index + 1}`, host, port: Number(port || 80) };
}
