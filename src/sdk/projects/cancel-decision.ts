import type { ProjectRow } from '../database/projects.js';
import type { ErrorCode } from '../errors.js';
import { archiveBackoffSecs } from './backoff.js';

export type CancelCause =
  /** The machine says that somebody uses it: leave it alone as if it had been used now. */
  | 'busy'
  /** A request came in between. */
  | 'wanted'
  /** Archiving or proving went wrong: not again for a while. */
  | 'failed'
  /** Its owner died or is closing, or an operator holds it: nothing is known to be wrong with the project. */
  | 'abandoned';

export interface CancelOutcome {
  /** Whether this counts as use by a person (G11: only their use keeps a project awake). */
  readonly used: boolean;
  /** How long the sweep keeps away; null where nothing failed. */
  readonly retryAfterSecs: number | null;
}

/** What a cancelled archive leaves behind. */
export function cancelOutcome(cause: CancelCause, failuresBefore: number): CancelOutcome {
  switch (cause) {
    case 'busy':
    case 'wanted':
      return { used: true, retryAfterSecs: null };
    case 'failed':
      return { used: false, retryAfterSecs: archiveBackoffSecs(failuresBefore) };
    case 'abandoned':
      return { used: false, retryAfterSecs: null };
  }
}

/** Why an attempt that is still ours is given up, from what went wrong and from the row as it is now. */
export function causeOf(
  code: ErrorCode,
  row: Pick<ProjectRow, 'wake_requested_at' | 'held'>,
  closing: boolean,
): CancelCause {
  if (code === 'machine_busy') return 'busy';
  if (row.wake_requested_at !== null) return 'wanted';
  return closing || row.held ? 'abandoned' : 'failed';
}
