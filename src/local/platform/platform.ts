import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FlyEmulator } from '../fly/emulator.js';
import { startObjectStore } from '../object-store.js';
import { startPostgres } from '../postgres.js';
import type { LocalProxy } from '../proxy/options.js';
import { openFolder } from './folder.js';
import { startInstances } from './instances.js';
import { migrateDatabase } from './migrate.js';
import { controlPlaneApp, type PlatformOptions } from './options.js';
import { startOutside } from './outside.js';
import { valetEnvironment } from './valet-environment.js';
import type { ValetServe } from './valet-serve.js';

/** Everything that Valet runs on, and Valet, on one computer. */
export interface LocalPlatform extends AsyncDisposable {
  /** A folder of ours, with the logs; gone after `stop`. */
  readonly dir: string;
  readonly proxy: LocalProxy;
  /** `http://localhost:<port>`: the control plane and, below it, the projects. */
  readonly publicUrl: string;
  readonly fly: FlyEmulator;
  readonly secret: string;
  readonly instances: readonly ValetServe[];
  /** With this environment `valet` works on the platform directly. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends and removes everything, in the reverse order. Repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts the Fly emulator with its proxy and private network, an object store, PostgreSQL and as many `valet serve` as
 * asked for, each a process of its own. What was started is stopped again if a later part fails. If this process ends
 * without `stop`, another one removes what it leaves behind.
 *
 * @throws LocalFault saying what is missing; what `listen` throws (`EADDRINUSE`) when the port is taken; what the
 * signal was aborted with
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<LocalPlatform> {
  await using opening = new AsyncDisposableStack();
  const begin = (what: string) => {
    options.signal?.throwIfAborted();
    options.onStep?.(what);
  };
  const { dir, onProcess } = await openFolder(opening);
  const instances: ValetServe[] = [];
  begin('Fly emulator');
  const { fly, network, proxy } = await startOutside(opening, { dir, onProcess, ...outsideOf(options, instances) });
  begin('object store');
  const store = opening.adopt(await startObjectStore({ dir: join(dir, 'objects'), bucket: 'valet-dormant' }), stopIt);
  begin('PostgreSQL');
  const postgres = opening.adopt(await startPostgres({ dir: join(dir, 'postgres'), onProcess }), stopIt);
  const publicUrl = `http://localhost:${proxy.port}`;
  const secret = randomBytes(12).toString('hex');
  const { settings = {}, signal } = options;
  const env = valetEnvironment({ databaseUrl: postgres.url, store, fly, network, publicUrl, secret, settings });
  await migrateDatabase(env, signal);
  const count = options.instances ?? 2;
  begin(`${count} valet serve`);
  await startInstances(opening, { instances, count, env, dir, onProcess, signal });
  signal?.throwIfAborted();
  const opened = opening.move();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= opened.disposeAsync());
  return { dir, proxy, publicUrl, fly, secret, instances, env, stop, [Symbol.asyncDispose]: stop };
}

/** The instances are read at each request: the proxy is there before them, since they are told its address. */
function outsideOf(options: PlatformOptions, instances: readonly ValetServe[]) {
  const { port = 0, projectServer, timings, autostop } = options;
  const listed = () => instances.map(({ name, host, port }) => ({ id: name, host, port }));
  return {
    fly: { ...(projectServer && { projectServer }), ...(timings && { timings }) },
    proxy: { port, controlPlane: { app: controlPlaneApp, instances: listed }, ...(autostop && { autostop }) },
  };
}

function stopIt(part: { stop(): Promise<void> }): Promise<void> {
  return part.stop();
}
