import { inspect } from 'node:util';

const redacted = '[redacted]';

/** A value that cannot be printed, logged or serialized by accident: only `reveal` gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** `[redacted]`, as in JSON and wherever it is inspected. */
  toString(): string {
    return redacted;
  }

  /** `[redacted]` */
  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
