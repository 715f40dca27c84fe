import type { Clock } from '../../clock.js';

/** @throws when the time is over or the signal aborts first; the promise itself is left to end as it will */
export async function withinMs<T>(clock: Clock, promise: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  const cancel = clock.after(limitMs, () => reject(new TookTooLong(limitMs)));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, over]);
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
  }
}

export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';

  constructor(limitMs: number) {
    super(`Not done in ${Math.round(limitMs)} ms.`);
  }
}
