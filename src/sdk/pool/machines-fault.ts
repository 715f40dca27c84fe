import { type ErrorCode, ValetError } from '../errors.js';

/** Of the archive, of the store, of the database, or of our own right to go on. */
const othersFaults: ReadonlySet<ErrorCode> = new Set([
  'restore_failed',
  'archive_unproven',
  'store_failed',
  'state_changed',
  'database_unavailable',
  'config_invalid',
]);

/** What Fly advises when it knows the machine and cannot run it; otherwise it is Fly that is not well. */
const machinesAdvice: ReadonlySet<unknown> = new Set([
  'gone',
  'wait-for-state',
  'retry-elsewhere-host',
  'retry-elsewhere-region',
]);

/**
 * Whether another machine may do better. If not, trying the next one would only use up the warm pool: during an outage
 * of Fly every claimed machine would be given up in vain.
 */
export function isMachinesFault(error: unknown): boolean {
  if (!(error instanceof ValetError)) return false;
  if (error.code === 'fly_failed') return machinesAdvice.has(error.details?.advice);
  return !othersFaults.has(error.code);
}
