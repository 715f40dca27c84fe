import { once } from 'node:events';
import { asError } from '../sdk/errors.js';
import { within } from '../sdk/routing/deadline.js';
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

/** More than its parts may take together, and less than `kill_timeout` in fly.toml. */
export const maxStopMs = 50_000;

/**
 * Serves until the signal aborts, then stops gracefully. A signal during the start waits for it, so nothing is left open.
 * What does not end is left behind: the locks end with the process, and what it owned is taken up after its deadline.
 */
export async function serveUntilStopped(
  start: () => Promise<RunningServe>,
  signal: AbortSignal,
  log: Pick<Log, 'info' | 'error'>,
  stopLimitMs = maxStopMs,
): Promise<void> {
  const running = await start();
  log.info(running.ready, 'ready');
  if (!signal.aborted) await once(signal, 'abort');
  log.info({ reason: asError(signal.reason).message }, 'stopping');
  const tooLong = new Error(`Not stopped within ${stopLimitMs} ms.`);
  const stopped = await within(running.stop(), stopLimitMs, () => tooLong).then(
    () => true,
    (thrown: unknown) => {
      if (thrown !== tooLong) throw thrown;
      return false;
    },
  );
  if (stopped) log.info('stopped');
  else log.error({ limit_ms: stopLimitMs }, 'not stopped in time');
}
