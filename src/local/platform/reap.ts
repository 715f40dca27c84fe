import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export type Ending = 'SIGKILL' | 'SIGQUIT';

const pollMs = 20;
const defaultEndTimeoutMs = 5_000;

/** Ends the groups that these processes lead, the polite ones by force after a while. */
export async function reap(living: ReadonlyMap<number, Ending>, endTimeoutMs = defaultEndTimeoutMs): Promise<void> {
  const pidsWith = (ending: Ending) => [...living].filter(([, theirs]) => theirs === ending).map(([pid]) => pid);
  // By force first: those hold connections to the ones that are asked.
  await Promise.all(pidsWith('SIGKILL').map((pid) => kill(pid, endTimeoutMs)));
  await Promise.all(pidsWith('SIGQUIT').map((pid) => ask(pid, endTimeoutMs)));
}

async function ask(pid: number, endTimeoutMs: number): Promise<void> {
  signal(pid, 'SIGQUIT');
  if (!(await ends(pid, endTimeoutMs))) await kill(pid, endTimeoutMs);
}

async function kill(pid: number, endTimeoutMs: number): Promise<void> {
  signal(-pid, 'SIGKILL');
  await ends(pid, endTimeoutMs);
}

async function ends(pid: number, timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += pollMs) {
    if (!signal(pid, 0) || (await isZombie(pid))) return true;
    await sleep(pollMs);
  }
  return false;
}

/** Ended, and not yet waited for by the init process that has inherited it; some containers have a slow one or none. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /\) Z /.test(stat);
}

/** Whether there was somebody to receive it. A negative target is a group. */
function signal(target: number, name: Ending | 0): boolean {
  try {
    return process.kill(target, name);
  } catch {
    return false;
  }
}
