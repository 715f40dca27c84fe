import { ValetError } from '../sdk/errors.js';
import { within } from '../sdk/routing/deadline.js';

export interface SharedReadParts<T> {
  readonly read: () => Promise<T>;
  /** How long an answer, or its failure, serves for all who ask. */
  readonly keepMs: number;
  /** How long anybody waits for one. */
  readonly timeoutMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** One read for all: however many ask and however often, it is under way once at a time and not begun oftener than kept. */
export class SharedRead<T> {
  readonly #parts: SharedReadParts<T>;
  /** Goes on after those who waited for it have given up, and is not begun again beside itself. */
  #running: Promise<T> | undefined;
  #asked: Promise<T> | undefined;
  #answeredAtMs: number | undefined;

  constructor(parts: SharedReadParts<T>) {
    this.#parts = parts;
  }

  /** @throws what the read throws, or that it took too long */
  get(): Promise<T> {
    if (this.#asked === undefined || this.#isOld()) {
      this.#answeredAtMs = undefined;
      this.#asked = this.#ask();
    }
    return this.#asked;
  }

  #isOld(): boolean {
    return this.#answeredAtMs !== undefined && this.#parts.now() - this.#answeredAtMs >= this.#parts.keepMs;
  }

  async #ask(): Promise<T> {
    const { timeoutMs, now } = this.#parts;
    this.#running ??= this.#read();
    try {
      return await within(this.#running, timeoutMs, () => tooLate(timeoutMs));
    } finally {
      this.#answeredAtMs = now();
    }
  }

  async #read(): Promise<T> {
    try {
      return await this.#parts.read();
    } finally {
      this.#running = undefined;
    }
  }
}

/** All that is read here comes from the database. */
function tooLate(timeoutMs: number): ValetError {
  return new ValetError('database_unavailable', `There was no answer within ${timeoutMs} ms.`, { retryAfterSecs: 5 });
}
