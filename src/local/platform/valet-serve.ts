import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { OnProcess } from '../started-process.js';
import { type Program, withArgs } from './program.js';
import { type Ready, untilReady } from './ready-line.js';

/** A `valet serve` of the local platform, in a process of its own. */
export interface ValetServe extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly privatePort: number;
  readonly pid: number;
  readonly running: boolean;
  readonly logFile: string;
  /** At once, as a crash would. */
  kill(): Promise<void>;
  /** In an orderly way, by force after a while. Repeatable. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly name: string;
  readonly program: Program;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly onProcess: OnProcess;
  /** Gives up the start. */
  readonly signal?: AbortSignal | undefined;
}

const host = '127.0.0.1';
const stopTimeoutMs = 20_000;

/**
 * Starts an instance and waits for its own word that it is ready, which names the ports that it took. It leads a
 * process group of its own, so that Ctrl-C in the terminal reaches us alone and we can stop things in order.
 *
 * @throws LocalFault when it ends or stays silent instead, with the last lines that it wrote
 */
export async function startServe(options: ServeOptions): Promise<ValetServe> {
  options.signal?.throwIfAborted();
  const { child, exited } = spawnServe(options);
  try {
    const ready = await untilReady(child, exited, options.signal);
    return asServe(options, child, exited, ready);
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

function spawnServe({ program, name, env, logFile, onProcess }: ServeOptions) {
  const { command, args } = withArgs(program, 'serve');
  const own = {
    CONTROL_PLANE_HOST: host,
    CONTROL_PLANE_PORT: '0',
    CONTROL_PLANE_PRIVATE_PORT: '0',
    VALET_INSTANCE: name,
  };
  const child = spawn(command, args, { env: { ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.pid !== undefined) onProcess({ pid: child.pid, exited, endWith: 'SIGKILL' });
  const log = createWriteStream(logFile, { flags: 'a' });
  // Nobody can be told, and an instance need not end because its log cannot be kept.
  log.on('error', () => undefined);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.once('close', () => log.end());
  return { child, exited };
}

type Serving = ReturnType<typeof spawnServe>['child'];

function asServe({ name, logFile }: ServeOptions, child: Serving, exited: Promise<void>, ready: Ready): ValetServe {
  const running = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    if (running()) child.kill('SIGKILL');
    await exited;
  };
  const stop = async () => {
    if (running()) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };
  const { port, private_port: privatePort } = ready;
  const facts = { name, host, port, privatePort, pid: child.pid ?? 0, logFile };
  return {
    ...facts,
    get running() {
      return running();
    },
    kill,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
