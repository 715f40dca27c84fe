import { setTimeout as delay } from 'node:timers/promises';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait after the attempt with this number (from 1): doubling, capped, and each time a random half of it, so
 * that many who failed together do not come back together.
 */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const whole = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole * (0.5 + random() / 2));
}

/** @throws the signal's reason, at once when it aborts */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
