import { STATUS_CODES } from 'node:http';
import { type ErrorCode, ValetError } from '../sdk/errors.js';
import type { Problem } from '../sdk/http/problem.js';

/** The one place where a code becomes an HTTP status. */
const statuses: Record<ErrorCode, number> = {
  request_invalid: 400,
  project_id_invalid: 400,
  unauthorized: 401,
  not_found: 404,
  project_not_found: 404,
  project_deleted: 404,
  idempotency_conflict: 409,
  machine_busy: 409,
  project_id_taken: 409,
  state_changed: 409,
  transition_refused: 409,
  environment_mismatch: 409,
  fuse_blown: 409,
  rate_limited: 429,
  config_invalid: 500,
  internal: 500,
  local_platform_failed: 500,
  port_in_use: 500,
  archive_failed: 502,
  archive_unproven: 502,
  cannot_restore: 409,
  fly_failed: 502,
  machine_refused: 502,
  restore_failed: 502,
  store_failed: 502,
  database_not_migrated: 503,
  database_unavailable: 503,
  machine_unreachable: 503,
  no_machine: 503,
  overloaded: 503,
  project_lost: 503,
  valet_unreachable: 503,
  wake_failed: 503,
  wake_timeout: 503,
};

const defaultRetryAfterSecs = 5;

export function statusOf(code: ErrorCode): number {
  return statuses[code];
}

/** What is told of an error: a ValetError, or a refusal that was never thrown. */
export interface Told {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly retryAfterSecs?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A 503 and a 429 always say when to come back. */
export function retryAfterSecs(status: number, error: Told): number | undefined {
  if (error.retryAfterSecs !== undefined) return Math.max(1, Math.ceil(error.retryAfterSecs));
  return status === 503 || status === 429 ? defaultRetryAfterSecs : undefined;
}

export function toProblem(error: Told, status: number, requestId: string): Problem {
  const retrySecs = retryAfterSecs(status, error);
  return {
    type: `urn:valet:error:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(retrySecs !== undefined && { retry_after_secs: retrySecs }),
    ...(error.details !== undefined && { details: { ...error.details } }),
    request_id: requestId,
  };
}

/** What the public may see of anything thrown: a ValetError as it is, of everything else nothing. */
export function publicError(thrown: unknown): ValetError {
  if (thrown instanceof ValetError) return thrown;
  return new ValetError('internal', 'Something went wrong inside Valet.', {
    hint: 'Look for the request id in the log of `valet serve`.',
    cause: thrown,
  });
}
