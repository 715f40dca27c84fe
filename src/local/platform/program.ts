import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program of ours is started on this computer. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Ran {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 120_000;

/** Runs it to its end, or to the signal's. @throws when it cannot be started or the signal aborts */
export async function runToEnd(
  { command, args }: Program,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Ran> {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    ...(signal && { signal }),
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  await once(child, 'close');
  return { exitCode: child.exitCode, ...said };
}

/** The program with more arguments. */
export function withArgs({ command, args }: Program, ...more: readonly string[]): Program {
  return { command, args: [...args, ...more] };
}
