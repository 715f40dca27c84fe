import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../clock.js';
import { signalGroup } from './process.js';

export interface CommandOrder {
  readonly command: readonly string[];
  readonly stdin: string;
  readonly timeoutMs: number;
}

export interface CommandResult {
  readonly exitCode: number;
  /** 0 when no signal has ended it. */
  readonly exitSignal: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** A command beside a machine's program, in a process group of its own. */
export interface RunningCommand {
  /** Undefined when it could not be spawned. */
  readonly pid: number | undefined;
  readonly ended: Promise<CommandResult>;
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
}

interface CommandPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Says when the command has had enough time. */
  readonly clock: Clock;
}

/** Of each output; the rest is dropped. */
const maxOutputBytes = 1024 * 1024;
/** What a shell answers for a command that is not there. */
const notFoundCode = 127;

/** In real time, as pipes have no other: how long something that has left the group may keep the outputs open after the command itself has ended. */
const lingerMs = 200;

/** What it has left behind in its group ends with it. A command that cannot be spawned ends with 127. */
export function startCommand(order: CommandOrder & CommandPlace): RunningCommand {
  const [command = '', ...args] = order.command;
  const { cwd, env } = order;
  const child = spawn(command, args, { cwd, env: { ...env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const { pid } = child;
  child.stdin.on('error', () => undefined).end(order.stdin);
  return {
    pid,
    ended: pid === undefined ? failedToSpawn(child, command) : endOf(child, pid, order),
    signal: (name) => {
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) signalGroup(pid, name);
    },
  };
}

function failedToSpawn(child: ChildProcess, command: string): Promise<CommandResult> {
  return new Promise((resolve) => {
    child.once('error', () => {
      const stderr = `${command}: command not found\n`;
      resolve({ exitCode: notFoundCode, exitSignal: 0, stdout: '', stderr, timedOut: false });
    });
  });
}

async function endOf(
  child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable },
  pid: number,
  { clock, timeoutMs }: CommandOrder & CommandPlace,
): Promise<CommandResult> {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  let timedOut = false;
  child.once('exit', () => {
    signalGroup(pid, 'SIGKILL');
    // A daemon with a session of its own holds the pipes for as long as it likes.
    const cut = setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => void pipe.destroy()), lingerMs);
    child.once('close', () => clearTimeout(cut));
  });
  const spare = clock.after(timeoutMs, () => {
    timedOut = true;
    signalGroup(pid, 'SIGKILL');
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (...how) => resolve(how));
  });
  spare();
  const exitSignal = signal === null ? 0 : constants.signals[signal];
  return { exitCode: code ?? 128 + exitSignal, exitSignal, stdout: stdout(), stderr: stderr(), timedOut };
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let roomBytes = maxOutputBytes;
  stream.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, roomBytes);
    roomBytes -= kept.length;
    if (kept.length > 0) chunks.push(kept);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
