import type { MachineRecord } from './record.js';

export interface WaitBound {
  readonly timeoutMs: number;
  /** Ends the waiting early, as if the time were over. */
  readonly signal?: AbortSignal;
}

/** Waits until the machine fits; false when it did not in time. */
export async function waitUntil(
  record: MachineRecord,
  fits: (record: MachineRecord) => boolean,
  { timeoutMs, signal }: WaitBound,
): Promise<boolean> {
  if (fits(record)) return true;
  if (signal?.aborted) return false;
  return new Promise((resolve) => {
    const finish = (fitted: boolean) => {
      clearTimeout(timer);
      unwatch();
      signal?.removeEventListener('abort', giveUp);
      resolve(fitted);
    };
    const giveUp = () => finish(false);
    const timer = setTimeout(giveUp, timeoutMs);
    const unwatch = record.watch(() => {
      if (fits(record)) finish(true);
    });
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
