import { type Backoff, backoffMs } from '../http/backoff.js';
import type { Repeat } from './endpoints.js';
import { FlyError } from './errors.js';
import { FlyTransportError, type FlyTransportKind } from './transport-error.js';

export type RetryDecision = { readonly retry: false } | { readonly retry: true; readonly afterMs: number };

export interface RetryQuestion {
  readonly error: unknown;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly repeat: Repeat;
  /** Until the caller's deadline. */
  readonly remainingMs: number;
  readonly random: () => number;
}

export const maxTries = 5;
/** Instances that share a limit use it up for each other, and nothing is lost but time: mostly the deadline ends it. */
export const maxLimitedTries = 20;
const backoff: Backoff = { firstMs: 250, maxMs: 4_000 };
/** Asking again would meet the same. */
const lasting: readonly FlyTransportKind[] = ['closed', 'too_large', 'unreadable', 'queued'];

/** Never sooner than Fly's `Retry-After`: a call without the time for that fails now, and its error says how long. */
export function decideRetry({ error, attempt, repeat, remainingMs, random }: RetryQuestion): RetryDecision {
  const tries = error instanceof FlyError && error.status === 429 ? maxLimitedTries : maxTries;
  if (attempt >= tries || !mayRepeat(error, repeat)) return { retry: false };
  const afterMs = Math.max(backoffMs(attempt, backoff, random), retryAfterMs(error));
  return afterMs < remainingMs ? { retry: true, afterMs } : { retry: false };
}

/** What was never acted on may be repeated by anyone; what may have been carried out only if that does no harm. */
function mayRepeat(error: unknown, repeat: Repeat): boolean {
  if (error instanceof FlyTransportError) {
    return !lasting.includes(error.kind) && (error.sent === 'no' || repeat === 'freely');
  }
  if (!(error instanceof FlyError)) return false;
  return error.transient || (repeat === 'freely' && (error.status === 408 || error.status >= 500));
}

export function retryAfterMs(error: unknown): number {
  return error instanceof FlyError ? (error.retryAfterSecs ?? 0) * 1_000 : 0;
}
