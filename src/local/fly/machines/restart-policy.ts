import type { MachineConfig } from './config.js';
import type { ProcessExit } from './process.js';

/** Fly's default. For `always` it is a bound of ours, so that a broken program ends in rest here too. */
const defaultMaxRetries = 10;

/** What follows when a program ended on its own. Source: fly.io/docs/machines/guides-examples/machine-restart-policy. */
export function afterExit(
  restart: MachineConfig['restart'],
  exit: ProcessExit,
  restartsSoFar: number,
): 'restart' | 'rest' {
  const policy = restart?.policy ?? 'on-failure';
  if (policy === 'no' || restartsSoFar >= (restart?.max_retries ?? defaultMaxRetries)) return 'rest';
  return policy === 'always' || exit.code !== 0 ? 'restart' : 'rest';
}
