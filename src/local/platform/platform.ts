import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FlyEmulator, startFlyEmulator } from '../fly/emulator.js';
import { startObjectStore } from '../object-store.js';
import { startPostgres } from '../postgres.js';
import { startPrivateNetwork } from '../private-network.js';
import type { LocalProxy } from '../proxy/options.js';
import { startProxy } from '../proxy/proxy.js';
import { controlPlaneApp, machineApp, type PlatformOptions } from './options.js';
import { runValet, startServe, type ValetServe } from './valet-process.js';

/** Everything that Valet runs on, and Valet, on one computer. */
export interface LocalPlatform {
  /** A folder of ours; gone after `stop`. */
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
 * Starts PostgreSQL, an object store, the Fly emulator with its proxy and private network, and as many `valet serve` as
 * asked for, each a process of its own. What was started is stopped again if a later part fails.
 */
export async function startPlatform(options: PlatformOptions): Promise<LocalPlatform> {
  await using opening = new AsyncDisposableStack();
  const tell = options.onStep ?? (() => undefined);
  const dir = await makeFolder(opening);
  tell('PostgreSQL');
  const postgres = opening.adopt(await startPostgres({ dir: join(dir, 'postgres') }), (it) => it.stop());
  tell('object store');
  const store = opening.adopt(await startObjectStore({ dir: join(dir, 'objects'), bucket: 'valet-dormant' }), (it) =>
    it.stop(),
  );
  tell('Fly emulator');
  const fly = opening.adopt(await startFly(options, join(dir, 'fly')), (it) => it.stop());
  const network = opening.adopt(await startPrivateNetwork({ machines: fly.machines }), (it) => it.stop());
  const instances: ValetServe[] = [];
  const proxy = opening.adopt(await openProxy(options, fly, instances), (it) => it.stop());
  const publicUrl = `http://localhost:${proxy.port}`;
  const secret = randomBytes(24).toString('base64url');
  const env = {
    ...programEnvironment(),
    DATABASE_URL: postgres.url,
    CONTROL_PLANE_SECRET: secret,
    VALET_PUBLIC_URL: publicUrl,
    VALET_TRUST_FLY_PROXY: 'true',
    ROUTER_DOMAIN: 'localhost',
    VALET_FLY_TOKEN: fly.token,
    VALET_FLY_APP: machineApp,
    VALET_FLY_API_URL: fly.url,
    VALET_FLY_IMAGE: 'valet/project-server:local',
    VALET_MACHINE_URL: network.urlTemplate,
    R2_ENDPOINT: store.endpoint,
    R2_ACCESS_KEY_ID: store.accessKeyId,
    R2_SECRET_ACCESS_KEY: store.secretAccessKey,
    R2_BUCKET: store.bucket,
    ...options.settings,
  };
  await migrateDatabase(options, env);
  for (let number = 1; number <= options.instances; number++) {
    const name = `local-${number}`;
    tell(`valet serve (${name})`);
    const serve = await startServe({ name, program: options.valet, env, logFile: join(dir, `${name}.log`) });
    instances.push(opening.adopt(serve, (it) => it.stop()));
  }
  const opened = opening.move();
  let stopping: Promise<void> | undefined;
  return { dir, proxy, publicUrl, fly, secret, instances, env, stop: () => (stopping ??= opened.disposeAsync()) };
}

/** On Fly a destroyed machine can be asked about for minutes; here for long enough to be noticed. */
const lingering = { destroyLingerMs: 60_000 };

/** PostgreSQL may run as another user than we do, who must be able to pass through. */
async function makeFolder(opening: AsyncDisposableStack): Promise<string> {
  const dir = opening.adopt(await mkdtemp(join(tmpdir(), 'valet-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  await chmod(dir, 0o711);
  await mkdir(join(dir, 'fly'));
  return dir;
}

function startFly(options: PlatformOptions, dir: string): Promise<FlyEmulator> {
  return startFlyEmulator({
    dir,
    app: machineApp,
    controlPlaneApp,
    token: `local-${randomBytes(16).toString('hex')}`,
    projectServer: options.projectServer,
    timings: { ...lingering, ...options.timings },
    machineApiEnv: () => ({ VALET_EXIT_WITH_PARENT: '1' }),
  });
}

/** The proxy is there before the instances, since they are told its address; it reads the list at each request. */
function openProxy(options: PlatformOptions, fly: FlyEmulator, instances: readonly ValetServe[]): Promise<LocalProxy> {
  return startProxy({
    machines: fly.machines,
    machineApp,
    port: options.port,
    controlPlane: {
      app: controlPlaneApp,
      instances: () => instances.map(({ name, host, port }) => ({ id: name, host, port })),
    },
    autostop: options.autostop,
  });
}

async function migrateDatabase(options: PlatformOptions, env: Readonly<Record<string, string>>): Promise<void> {
  const { exitCode, stderr } = await runValet(options.valet, ['db', 'migrate'], env);
  if (exitCode !== 0) throw new Error(`valet db migrate failed: ${stderr.trim()}`);
}

/** A child gets what programs need to run at all, and nothing of what the user has set for another Valet. */
function programEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'] as const;
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
