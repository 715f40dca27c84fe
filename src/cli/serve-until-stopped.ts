import { once } from 'node:events';
import { asError } from '../sdk/errors.js';
import type { Log } from './log.js';

/** A started `valet serve`. */
export interface RunningServe {
  /** What the line "ready" tells whoever waits for it, beside the instance that is in every line. */
  readonly ready: {
    readonly url: string;
    readonly port: number;
    readonly private_port: number | undefined;
  };
  /** Finishes what is in flight, within bounds, and closes everything. */
  stop(): Promise<void>;
}

/** Serves until the signal aborts, then stops gracefully. A signal during the start waits for it, so nothing is left open. */
export async function serveUntilStopped(
  start: () => Promise<RunningServe>,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const running = await start();
  log.info(running.ready, 'ready');
  if (!signal.aborted) await once(signal, 'abort');
  log.info({ reason: asError(signal.reason).message }, 'stopping');
  await running.stop();
  log.info('stopped');
}
