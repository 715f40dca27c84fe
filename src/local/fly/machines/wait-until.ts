import type { Clock } from '../../clock.js';
import type { MachineRecord } from './record.js';

export interface WaitBound {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends the waiting early, as if the time were over. */
  readonly signal?: AbortSignal;
}

/** Waits until the machine fits; false when it did not in time. */
export async function waitUntil(
  record: MachineRecord,
  fits: (record: MachineRecord) => boolean,
  { timeoutMs, clock, signal }: WaitBound,
): Promise<boolean> {
  if (fits(record)) return true;
  if (signal?.aborted) return false;
  return new Promise((resolve) => {
    const finish = (fitted: boolean) => {
      cancel();
      unwatch();
      signal?.removeEventListener('abort', giveUp);
      resolve(fitted);
    };
    const giveUp = () => finish(false);
    const cancel = clock.after(timeoutMs, giveUp);
    const unwatch = record.watch(() => {
      if (fits(record)) finish(true);
    });
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
