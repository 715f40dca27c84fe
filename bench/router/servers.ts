import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onCore } from '../cores.ts';
import { app, domain } from './names.ts';

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const startTimeoutMs = 30_000;

export async function startBaseline(
  kind: string,
  { core, databaseUrl, projects = 0 }: { core: number | undefined; databaseUrl: string; projects?: number },
): Promise<ServerProcess> {
  const file = join(root, 'bench/router/baseline.ts');
  const [command = '', ...rest] = onCore(core, [process.execPath, ...process.execArgv, file, kind, String(projects)]);
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env });
  const [told] = await once(child, 'message', { signal: AbortSignal.timeout(startTimeoutMs) });
  return asServer(kind, child, Number(told.port));
}

export interface ValetOptions {
  readonly core: number | undefined;
  readonly databaseUrl: string;
  readonly logFile: string;
  readonly cacheEntries?: number;
}

/**
 * `valet serve` itself, as it is built, with its logs, metrics, activity and background tasks. Only Fly and R2 are not
 * there: at their addresses nothing listens, so the background tasks try, fail and say so.
 */
export async function startValet(name: string, options: ValetOptions): Promise<ServerProcess> {
  const { core, databaseUrl, logFile, cacheEntries } = options;
  const [command = '', ...rest] = onCore(core, [
    process.execPath,
    ...process.execArgv,
    join(root, 'bin/run.js'),
    'serve',
  ]);
  await using log = await open(logFile, 'w');
  const env = {
    ...process.env,
    ...environment(databaseUrl),
    ...(cacheEntries && { ROUTER_CACHE_ENTRIES: String(cacheEntries) }),
  };
  const child = spawn(command, rest, { stdio: ['ignore', log.fd, log.fd], env });
  return asServer(name, child, await portIn(logFile, child));
}

export function migrate(databaseUrl: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), 'db', 'migrate'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment(databaseUrl) },
  });
  return once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error('The database could not be migrated.');
  });
}

function environment(databaseUrl: string): Record<string, string> {
  const nowhere = 'http://127.0.0.1:9';
  return {
    DATABASE_URL: databaseUrl,
    CONTROL_PLANE_HOST: '127.0.0.1',
    CONTROL_PLANE_PORT: '0',
    CONTROL_PLANE_PRIVATE_PORT: '0',
    CONTROL_PLANE_SECRET: 'secret-of-the-benchmark',
    ROUTER_DOMAIN: domain,
    LOG_LEVEL: 'info',
    VALET_FLY_TOKEN: 'FlyV1 fm2_benchmark',
    VALET_FLY_APP: app,
    VALET_FLY_API_URL: nowhere,
    VALET_FLY_IMAGE: 'registry.fly.io/bench:1',
    WARM_POOL_SIZE: '0',
    R2_ENDPOINT: nowhere,
    R2_ACCESS_KEY_ID: 'benchmark',
    R2_SECRET_ACCESS_KEY: 'benchmark',
  };
}

async function portIn(logFile: string, child: ChildProcess): Promise<number> {
  const endsAt = performance.now() + startTimeoutMs;
  while (performance.now() < endsAt && child.exitCode === null) {
    const text = await readFile(logFile, 'utf8');
    const ready = text.split('\n').find((line) => line.includes('"msg":"ready"'));
    if (ready !== undefined) return Number(JSON.parse(ready).port);
    await sleep(50);
  }
  throw new Error(`valet serve did not start: ${await readFile(logFile, 'utf8')}`);
}

function asServer(name: string, child: ChildProcess, port: number): ServerProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error(`The server "${name}" did not start.`);
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = setTimeout(kill, startTimeoutMs);
    await gone;
    clearTimeout(patience);
  };
  return { name, pid, port, [Symbol.asyncDispose]: stop };
}
