import { readProcesses } from './linux.js';
import { askPs } from './posix.js';
import type { ProcessStat } from './process-stat.js';

/** What runs in the process groups of these leaders; none where nobody leads. */
export async function listProcesses(leaders: readonly number[]): Promise<readonly ProcessStat[]> {
  if (leaders.length === 0) return [];
  return process.platform === 'linux' ? readProcesses(leaders) : askPs(leaders);
}
