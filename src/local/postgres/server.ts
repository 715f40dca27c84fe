import { LocalFault } from '../fault.js';
import { freePort } from '../free-port.js';
import type { Cluster } from './cluster.js';
import { type ProgramRun, type RunSettings, runProgram } from './program-run.js';

export interface PostgresServer {
  readonly port: number;
  /** Orderly, by force after a while. Repeatable. */
  stop(): Promise<void>;
}

/** A port can be taken between finding and using it. */
const maxTries = 3;
const readyTimeoutMs = 30_000;
/** "Fast" shutdown, then "immediate", then force: postgresql.org/docs/current/server-shutdown.html */
const endings = [
  { signal: 'SIGINT', timeoutMs: 10_000 },
  { signal: 'SIGQUIT', timeoutMs: 5_000 },
  { signal: 'SIGKILL', timeoutMs: 5_000 },
] as const;

/** Nothing is flushed to disk, nothing is left outside of the folder, and only this computer can connect. */
const flags = [
  ...['-h', '127.0.0.1'],
  ...['-c', 'unix_socket_directories='],
  ...['-c', 'fsync=off'],
  ...['-c', 'full_page_writes=off'],
  ...['-c', 'dynamic_shared_memory_type=mmap'],
  ...['-c', 'max_connections=200'],
];

export async function startServer(program: string, cluster: Cluster, settings: RunSettings): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const run = await runProgram(program, ['-D', cluster.dataDir, '-p', String(port), ...flags], settings);
    const outcome = await untilReady(run);
    if (outcome === 'ready') return { port, stop: () => end(run) };
    await end(run);
    if (!run.lastLines().includes('in use') || attempt === maxTries) {
      const said = run.lastLines() || 'It said nothing.';
      throw new LocalFault(`PostgreSQL in ${cluster.dataDir} ${outcome}. ${said}`);
    }
  }
}

async function untilReady({ child, exited, lastLines }: ProgramRun): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const listen = () => lastLines().includes('ready to accept connections') && resolve('ready');
  const silence = `was not ready within ${readyTimeoutMs / 1000} s`;
  const timer = setTimeout(() => resolve(silence), readyTimeoutMs);
  child.stderr?.on('data', listen);
  void exited.then(() => resolve('ended at once'));
  const outcome = await promise;
  clearTimeout(timer);
  child.stderr?.off('data', listen);
  return outcome;
}

async function end({ child, exited }: ProgramRun): Promise<void> {
  for (const { signal, timeoutMs } of endings) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([exited, tooLate]);
    clearTimeout(timer);
  }
}
