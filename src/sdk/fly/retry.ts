import { type Backoff, backoffMs } from '../http/backoff.js';
import { FlyError, FlyTransportError } from './errors.js';

export type RetryDecision = { readonly retry: false } | { readonly retry: true; readonly afterMs: number };

export interface RetryQuestion {
  readonly error: unknown;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly maxTries: number;
  /** Doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  readonly remainingMs: number;
  readonly random: () => number;
}

const backoff: Backoff = { firstMs: 250, maxMs: 4_000 };
/** A longer wish is cut: the caller's deadline says how long it can wait, not the other side. */
const maxRetryAfterMs = 15_000;

export function decideRetry(question: RetryQuestion): RetryDecision {
  const { error, attempt, maxTries, remainingMs } = question;
  if (attempt >= maxTries || !mayRepeat(error, question.repeatable)) return { retry: false };
  const afterMs = Math.max(backoffMs(attempt, backoff, question.random), retryAfterMs(error));
  return afterMs < remainingMs ? { retry: true, afterMs } : { retry: false };
}

/** What was never accepted may be repeated by anyone; what may have been carried out only if it is repeatable. */
function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (error instanceof FlyTransportError) {
    if (error.kind === 'closed' || error.kind === 'too_large' || error.kind === 'unreadable') return false;
    return error.sent === 'no' || repeatable;
  }
  if (!(error instanceof FlyError)) return false;
  return error.status === 429 || (repeatable && (error.status === 408 || error.status >= 500));
}

/** The call may or may not have been carried out: only a look can tell. */
export function isUnclear(error: unknown): boolean {
  if (error instanceof FlyTransportError) return error.sent === 'maybe';
  return error instanceof FlyError && (error.status === 408 || error.status >= 500);
}

function retryAfterMs(error: unknown): number {
  if (!(error instanceof FlyError) || error.retryAfterSecs === undefined) return 0;
  return Math.min(error.retryAfterSecs * 1_000, maxRetryAfterMs);
}
