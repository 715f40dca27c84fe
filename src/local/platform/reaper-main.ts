/** The reaper as a process: reads which processes there are, and acts when its stdin ends. */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Ending, reap } from './reap.js';

const [folder = ''] = process.argv.slice(2);
const living = new Map<number, Ending>();

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const [, pid, what] = /^(\d+) (SIGKILL|SIGQUIT|ended)$/.exec(line) ?? [];
  if (what === 'ended') living.delete(Number(pid));
  else if (what === 'SIGKILL' || what === 'SIGQUIT') living.set(Number(pid), what);
}

await reap(living);
if (folder !== '') await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
