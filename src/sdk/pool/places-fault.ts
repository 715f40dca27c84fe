import { type ErrorCode, ValetError } from '../errors.js';

const codes: ReadonlySet<ErrorCode> = new Set(['fly_failed', 'machine_unreachable', 'machine_refused', 'no_machine']);
/** Fly was never asked: our own queue was too long, or we are closing. */
const oursAlone: ReadonlySet<unknown> = new Set(['queued', 'closed']);

/**
 * Whether a failed provisioning speaks against its region and image, so that a breaker counts it. What somebody else
 * decided, an abort and a database that is away say nothing of Fly.
 */
export function isPlacesFault(error: unknown): boolean {
  if (!(error instanceof ValetError) || !codes.has(error.code)) return false;
  return !oursAlone.has(error.details?.kind);
}
