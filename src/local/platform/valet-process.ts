import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** How `valet` is started on this computer. */
export interface ValetProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** A `valet serve` of the local platform, in a process of its own. */
export interface ValetServe {
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
  readonly program: ValetProgram;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const host = '127.0.0.1';
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

const readyLine = z.object({ msg: z.literal('ready'), port: z.number(), private_port: z.number() });

/**
 * Starts an instance and waits for its own word that it is ready, which names the ports that it took. It leads a
 * process group of its own, so that Ctrl-C in the terminal reaches us alone and we can stop things in order.
 *
 * @throws when it ends or stays silent instead, with the last lines that it wrote
 */
export async function startServe(options: ServeOptions): Promise<ValetServe> {
  const { program, name, logFile } = options;
  const child = spawn(program.command, [...program.args, 'serve'], {
    env: {
      ...options.env,
      CONTROL_PLANE_HOST: host,
      CONTROL_PLANE_PORT: '0',
      CONTROL_PLANE_PRIVATE_PORT: '0',
      VALET_INSTANCE: name,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  void exited.then(() => log.end());
  try {
    const ready = await readyOf(child, exited);
    return asServe(options, child, exited, ready);
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

async function readyOf(child: ChildProcess, exited: Promise<void>): Promise<z.infer<typeof readyLine>> {
  const last: string[] = [];
  const found = Promise.withResolvers<z.infer<typeof readyLine>>();
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      last.splice(0, Math.max(0, last.length - 9));
      last.push(line);
      const ready = readyLine.safeParse(parseJson(line));
      if (ready.success) found.resolve(ready.data);
    });
  }
  const fail = (why: string) => found.reject(new Error(`valet serve ${why}:\n${last.join('\n')}`));
  const timer = setTimeout(() => fail(`was not ready within ${readyTimeoutMs / 1000} s`), readyTimeoutMs);
  void exited.then(() => fail('ended before it was ready'));
  return found.promise.finally(() => clearTimeout(timer));
}

function asServe(
  { name, logFile }: ServeOptions,
  child: ChildProcess,
  exited: Promise<void>,
  ready: z.infer<typeof readyLine>,
): ValetServe {
  const running = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (running()) child.kill(signal);
    await Promise.race([exited, after(signal === 'SIGTERM' ? stopTimeoutMs : readyTimeoutMs)]);
  };
  return {
    name,
    host,
    port: ready.port,
    privatePort: ready.private_port,
    pid: child.pid ?? 0,
    logFile,
    get running() {
      return running();
    },
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      await end('SIGKILL');
    },
  };
}

/** Runs one `valet` command to its end. */
export async function runValet(
  program: ValetProgram,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program.command, [...program.args, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  const collected = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (collected.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (collected.stderr += text));
  await once(child, 'close');
  return { exitCode: child.exitCode, ...collected };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
