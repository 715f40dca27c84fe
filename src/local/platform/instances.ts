import { join } from 'node:path';
import { valetProgram } from '../programs.js';
import type { OnProcess } from '../started-process.js';
import { startServe, type ValetServe } from './valet-serve.js';

interface InstancesOptions {
  /** Where they are entered as they become ready, in the order of their names. */
  readonly instances: ValetServe[];
  readonly count: number;
  readonly env: Readonly<Record<string, string>>;
  readonly dir: string;
  readonly onProcess: OnProcess;
  readonly signal: AbortSignal | undefined;
}

/** Starts them at the same time. @throws what the first that failed has thrown, after the others have been stopped */
export async function startInstances(opening: AsyncDisposableStack, options: InstancesOptions): Promise<void> {
  const { instances, count, env, dir, onProcess, signal } = options;
  const names = Array.from({ length: count }, (_, index) => `local-${index + 1}`);
  const program = valetProgram();
  const started = await Promise.allSettled(
    names.map((name) => startServe({ name, program, env, logFile: join(dir, `${name}.log`), onProcess, signal })),
  );
  for (const outcome of started) {
    if (outcome.status === 'fulfilled') instances.push(opening.adopt(outcome.value, (serve) => serve.stop()));
  }
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
