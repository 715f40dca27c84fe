import { asError, type ErrorCode, ValetError } from '../errors.js';

/** What is to be done with a request. Which HTTP status a code becomes is the server's business. */
export type RouteOutcome = Replay | Asleep | Refusal | Gone;

export interface Replay {
  readonly kind: 'replay';
  /** The value of `fly-replay`. */
  readonly header: string;
}

export interface Refusal {
  readonly kind: 'refuse';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterSecs: number | undefined;
  /** For our own log only. */
  readonly cause: Error | undefined;
}

/** A static answer for whoever only looks. */
export interface Asleep {
  readonly kind: 'asleep';
  readonly message: string;
}

/** The client went away while it was held: nobody reads an answer. */
export interface Gone {
  readonly kind: 'gone';
}

export function refuse(code: ErrorCode, message: string, retryAfterSecs?: number): Refusal {
  return { kind: 'refuse', code, message, retryAfterSecs, cause: undefined };
}

/** A ValetError's message is public; anything else stays between us and the log. */
export function refusalOf(thrown: unknown): Refusal {
  const cause = asError(thrown);
  if (thrown instanceof ValetError) {
    return { kind: 'refuse', code: thrown.code, message: thrown.message, retryAfterSecs: thrown.retryAfterSecs, cause };
  }
  return {
    kind: 'refuse',
    code: 'internal',
    message: 'The request could not be routed.',
    retryAfterSecs: undefined,
    cause,
  };
}
