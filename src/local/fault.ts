/** Why the local platform cannot run, as a sentence for people, and what they can do about it. */
export class LocalFault extends Error {
  override readonly name = 'LocalFault';
  readonly hint: string | undefined;

  constructor(message: string, context: { readonly hint?: string | undefined; readonly cause?: unknown } = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.hint = context.hint;
  }
}
