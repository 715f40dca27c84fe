import type { ErrorCode } from '../errors.js';
import { archiveBackoffSecs } from './backoff.js';

export type CancelCause =
  /** The machine says that somebody uses it: leave it alone as if it had been used now. */
  | 'busy'
  /** A request, a hold or an operator came in between. */
  | 'wanted'
  /** Archiving or proving went wrong: not again for a while. */
  | 'failed'
  /** The owner died; nothing is known to be wrong with the project. */
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

/** Which cause an error of the journey is. */
export function causeOf(code: ErrorCode): CancelCause {
  if (code === 'machine_busy') return 'busy';
  return code === 'state_changed' ? 'wanted' : 'failed';
}
