import { ValetError } from '../../sdk/errors.js';
import { failureOf } from '../failure/failure.js';
import type { Fault } from './model.js';

export function faultOf(thrown: unknown): Fault {
  const { code, message } = failureOf(thrown, 'watch', '');
  return { code, message };
}

/** Asking again does not help. */
export function isFinal(thrown: unknown): boolean {
  return thrown instanceof ValetError && thrown.code === 'unauthorized';
}

const longestPauseMs = 10_000;

/** How long to wait before the next poll, after so many that failed in a row: longer each time. */
export function pauseMs(everyMs: number, failures: number): number {
  return Math.max(everyMs, Math.min(longestPauseMs, everyMs * 2 ** failures));
}
