import { LocalFault } from '../fault.js';
import type { FlyEmulator } from '../fly/emulator.js';
import type { PrivateNetwork } from '../private-network.js';
import type { ControlPlaneInstance, LocalProxy, ProxyOptions } from '../proxy/options.js';
import { openFolder } from './folder.js';
import { controlPlaneApp } from './options.js';
import { type FlyChoices, startOutside } from './outside.js';

/** All of it may be left out: the app is then `valet-projects`, the token made up, and machines run the project server. */
export interface LocalFlyOptions extends FlyChoices {
  /** Of the proxy; 0, the default, takes a free one. */
  readonly proxyPort?: number;
  /**
   * The app that answers every host name but `{app}.fly.localhost` of an app that exists; `valet` by default. Its machines
   * do it, or the programs at `urls`, in turn: `http:` only, and their paths do not count.
   */
  readonly controlPlane?: { readonly app: string; readonly urls?: readonly URL[] };
  /** Fly's autostop: how often it looks and how long a machine must be quiet. 5 s and 30 s, or minutes at Fly's pace. */
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
 * Starts the emulated Fly by itself, for tests and tools: `await using fly = await startLocalFly()`. A client of the
 * Machines API needs `fly.emulator.url` and `fly.emulator.token`; requests of visitors go to `fly.proxy.url`. Ports are
 * on 127.0.0.1. A start that fails leaves nothing, and if this process ends without `stop`, another one ends the machines
 * and removes the folder.
 *
 * @throws LocalFault when a control plane is not reached over plain HTTP; what `listen` throws when a port is taken, with
 * `code` `EADDRINUSE` and `port`; what the signal was aborted with
 */
export async function startLocalFly(options: LocalFlyOptions = {}): Promise<LocalFly> {
  const { proxyPort: port = 0, controlPlane = { app: controlPlaneApp }, autostop, signal, ...fly } = options;
  const { app, urls = [] } = controlPlane;
  const instances = urls.map(instanceAt);
  signal?.throwIfAborted();
  await using opening = new AsyncDisposableStack();
  const { dir, onProcess } = await openFolder(opening);
  signal?.throwIfAborted();
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

function instanceAt({ protocol, hostname, port }: URL, index: number): ControlPlaneInstance {
  if (protocol !== 'http:') throw new LocalFault(`The proxy speaks plain HTTP to a control plane, not ${protocol}//.`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { id: `control-plane-${index + 1}`, host, port: Number(port || 80) };
}
