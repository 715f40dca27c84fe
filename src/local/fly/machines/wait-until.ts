import type { Clock } from '../../clock.js';
import type { MachineRecord } from './record.js';

export interface WaitBound {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends the waiting early, as if the time were over. */
  readonly signal?: AbortSignal;
}

/** Looks after each change of the machine until something is found; undefined when nothing was in time. */
export async function waitUntil<Found>(
  record: MachineRecord,
  look: (record: MachineRecord) => Found | undefined,
  { timeoutMs, clock, signal }: WaitBound,
): Promise<Found | undefined> {
  const atOnce = look(record);
  if (atOnce !== undefined || signal?.aborted) return atOnce;
  return new Promise((resolve) => {
    const finish = (found: Found | undefined) => {
      cancel();
      unwatch();
      signal?.removeEventListener('abort', giveUp);
      resolve(found);
    };
    const giveUp = () => finish(undefined);
    const cancel = clock.after(timeoutMs, giveUp);
    const unwatch = record.watch(() => {
      const found = look(record);
      if (found !== undefined) finish(found);
    });
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
