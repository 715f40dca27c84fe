import { ValetError } from '../sdk/errors.js';

/** An error as the log has it. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

const maxMessageChars = 2_000;
const maxStackChars = 4_000;
const maxCauses = 5;

/**
 * Only what is named here. Libraries hang whole requests on their errors, with their headers, and one day a secret
 * among them.
 */
export function loggedError(thrown: unknown, causesLeft = maxCauses): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown).slice(0, maxMessageChars) };
  const { name, message, stack, cause } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  return {
    type: name,
    ...(code !== undefined && { code }),
    message: message.slice(0, maxMessageChars),
    ...(thrown instanceof ValetError && thrown.hint !== undefined && { hint: thrown.hint }),
    ...(thrown instanceof ValetError && thrown.details !== undefined && { details: thrown.details }),
    ...(stack !== undefined && { stack: stack.slice(0, maxStackChars) }),
    ...(cause !== undefined && causesLeft > 0 && { cause: loggedError(cause, causesLeft - 1) }),
  };
}
