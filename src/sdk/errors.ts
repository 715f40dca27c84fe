/**
 * One family of errors. A code is something a caller can act on; it never changes its meaning. How a code becomes an
 * HTTP status is decided in the server, how it becomes an exit code in the CLI.
 */
export const errorCodes = [
  'archive_failed',
  'archive_unproven',
  'cannot_restore',
  'config_invalid',
  'database_not_migrated',
  'database_unavailable',
  'environment_mismatch',
  'fly_failed',
  'fuse_blown',
  'idempotency_conflict',
  'internal',
  'local_platform_failed',
  'machine_busy',
  'machine_refused',
  'machine_unreachable',
  'no_machine',
  'not_found',
  'overloaded',
  'port_in_use',
  'project_deleted',
  'project_id_invalid',
  'project_id_taken',
  'project_lost',
  'project_not_found',
  'rate_limited',
  'request_invalid',
  'restore_failed',
  'state_changed',
  'store_failed',
  'transition_refused',
  'unauthorized',
  'valet_unreachable',
  'wake_failed',
  'wake_timeout',
] as const;
/** What went wrong, as something to act on: docs/errors.md says of each what it means and what to do. */
export type ErrorCode = (typeof errorCodes)[number];

/** The same in every copy of the package that a program may have loaded. */
const mark = Symbol.for('valet.ValetError');

/** What goes with an error beside its code and message. */
export interface ErrorContext {
  /** What to do next, as one sentence. */
  readonly hint?: string;
  /** Seconds after which trying again makes sense; absent where it does not. */
  readonly retryAfterSecs?: number;
  /** Facts for programs. Public: never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** What every part of Valet throws. The message says what happened and to which project or machine, and is public. */
export class ValetError extends Error {
  override readonly name: string = 'ValetError';
  readonly code: ErrorCode;
  /** What to do next, as one sentence. */
  readonly hint: string | undefined;
  /** Seconds after which trying again makes sense; absent where it does not. */
  readonly retryAfterSecs: number | undefined;
  /** Facts for programs. Public: never a secret. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.hint = context.hint;
    this.retryAfterSecs = context.retryAfterSecs;
    this.details = context.details;
  }

  get [mark](): true {
    return true;
  }
}

/**
 * Whether something thrown is an error of Valet's, and, where codes are given, has one of them. It knows those of another
 * copy of the package too, and of another realm, which `instanceof` does not.
 */
export function isValetError<Code extends ErrorCode = ErrorCode>(
  thrown: unknown,
  ...codes: readonly Code[]
): thrown is ValetError & { readonly code: Code } {
  if (typeof thrown !== 'object' || thrown === null || !(mark in thrown) || !('code' in thrown)) return false;
  const { code } = thrown;
  return codes.length === 0 || codes.some((known) => known === code);
}

/** Anything thrown, as an Error, so that a cause is never lost. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The code of anything thrown; what is not ours is `internal`. */
export function codeOf(thrown: unknown): ErrorCode {
  return isValetError(thrown) ? thrown.code : 'internal';
}

/** Whether this version knows the code; a newer server may send others. */
export function isErrorCode(text: string): text is ErrorCode {
  return errorCodes.some((code) => code === text);
}
