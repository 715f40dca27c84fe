import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** One core for the server alone, another for who asks and for PostgreSQL; undefined where cores cannot be given out. */
export interface Cores {
  readonly server: number | undefined;
  readonly rest: number | undefined;
}

/** Moves this process, and with it all that it starts from now on, off the server's core. */
export function divideCores(): Cores {
  const shared = { server: undefined, rest: undefined };
  if (availableParallelism() < 2) return shared;
  const cores = { server: 0, rest: 1 };
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(cores.rest), String(process.pid)], { stdio: 'ignore' });
    return cores;
  } catch {
    return shared;
  }
}

/** The command that runs on that core. */
export function onCore(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command];
}

export function describeMachine(cores: Cores): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const division =
    cores.server === undefined ? 'cores shared' : `server on core ${cores.server}, the rest on ${cores.rest}`;
  return `${cpus().length} × ${model}, Node.js ${process.versions.node}, ${division}`;
}

export interface Usage {
  /** Processor time since it began, in seconds. */
  readonly cpuSecs: number;
  readonly rssBytes: number;
}

/** Of another process, by Linux; undefined elsewhere. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    // Ticks of 10 ms and pages of 4 KiB: so on every Linux that Node.js is built for by default.
    return { cpuSecs: (Number(fields[11]) + Number(fields[12])) / 100, rssBytes: pages * 4096 };
  } catch {
    return undefined;
  }
}
