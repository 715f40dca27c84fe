import { Worker } from 'node:worker_threads';
import { ValetError } from '../errors.js';
import type { DatabaseFacts } from './inspect-worker.js';

export interface InspectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Compiled code stands beside compiled code, and Node.js runs the source as it is. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './inspect-worker.ts' : './inspect-worker.js',
  import.meta.url,
);

/**
 * Reads what a SQLite file holds. Reading all of 1 GB keeps a core busy for some 2 to 10 seconds, during which no
 * request would be routed and no ownership renewed: hence a thread of its own.
 *
 * SQLite cannot be interrupted from outside: after a time-out or an abort the promise ends at once, the thread when its
 * current statement does. It never keeps the process alive.
 * @throws ValetError `archive_failed` when the thread fails or takes too long; the signal's reason
 */
export async function inspectDatabase(file: string, options: InspectOptions): Promise<DatabaseFacts> {
  options.signal?.throwIfAborted();
  // Without the flag Node.js warns on stderr that its SQLite is experimental.
  const worker = new Worker(workerFile, { workerData: file, execArgv: ['--disable-warning=ExperimentalWarning'] });
  worker.unref();
  const ended = Promise.withResolvers<DatabaseFacts>();
  const fail = (reason: string, cause?: unknown) =>
    ended.reject(new ValetError('archive_failed', `The archive could not be inspected: ${reason}.`, { cause }));
  worker.once('message', (facts: DatabaseFacts) => ended.resolve(facts));
  worker.once('error', (error) => fail('the inspection failed', error));
  worker.once('exit', () => fail('the inspection ended without a result'));
  const timer = setTimeout(() => fail(`it took longer than ${options.timeoutMs} ms`), options.timeoutMs);
  const onAbort = () => ended.reject(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await ended.promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
    void worker.terminate();
  }
}
