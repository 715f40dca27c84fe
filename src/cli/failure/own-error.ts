import { type ExitCode, exitCodes } from './exit-codes.js';

/** What goes wrong in the command line alone; Valet has no part in it. */
export class OwnError extends Error {
  override readonly name = 'OwnError';
  readonly code: 'declined' | 'output_failed';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode = exitCodes.failed;

  constructor(code: OwnError['code'], message: string, context: { readonly hint?: string; readonly cause?: unknown }) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.hint = context.hint;
  }
}
