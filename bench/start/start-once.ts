import { spawn } from 'node:child_process';
import { onCore } from '../cores.ts';
import type { Sample } from '../row.ts';

/** Starts a program, and ends when it has. @throws with what it said, unless it ends well */
export async function startOnce(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  core: number | undefined,
): Promise<Sample> {
  const [program = '', ...args] = onCore(core, [process.execPath, ...command]);
  const least = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const begunMs = performance.now();
  const child = spawn(program, args, { env: { ...least, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  child.once('error', reject);
  child.once('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`${command.join(' ')} ended with ${code}: ${said}`)),
  );
  await promise;
  const ms = performance.now() - begunMs;
  return { perSec: 1000 / ms, serverBusy: undefined, cpuMicros: undefined, p50Ms: ms, p99Ms: ms };
}
