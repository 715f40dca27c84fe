import type { EventEmitter } from 'node:events';
import { type ExitCode, exitCodes } from './failure/exit-codes.js';

const codes = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;

type SignalName = keyof typeof codes;
const names: readonly SignalName[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/** One Ctrl-C can arrive twice: from the terminal, and passed on by the npm that runs us. */
const sameMs = 400;

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: ExitCode;
  /** What goes on, and what to do next. */
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly #signal: SignalName;

  constructor(signal: SignalName, hint?: string, details?: Readonly<Record<string, unknown>>) {
    super(`Stopped by ${signal}.`);
    this.exitCode = codes[signal];
    this.hint = hint;
    this.details = details;
    this.#signal = signal;
  }

  /** The same, with what only the command that was stopped can say. */
  saying(hint: string, details: Readonly<Record<string, unknown>>): Interrupted {
    return new Interrupted(this.#signal, hint, details);
  }
}

/** The first signal asks to stop, through `signal`; a later one ends the process at once. */
export class Interruption implements Disposable {
  readonly #source: EventEmitter;
  readonly #endNow: (code: ExitCode) => void;
  readonly #nowMs: () => number;
  readonly #controller = new AbortController();
  #firstAtMs = 0;

  /**
   * @param source `process`, or what stands in for it
   * @param nowMs monotonic
   */
  constructor(source: EventEmitter, endNow: (code: ExitCode) => void, nowMs: () => number = () => performance.now()) {
    this.#source = source;
    this.#endNow = endNow;
    this.#nowMs = nowMs;
    for (const name of names) source.on(name, this.#receive);
  }

  /** Aborts with an `Interrupted` as its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of names) this.#source.off(name, this.#receive);
  }

  readonly #receive = (name: SignalName): void => {
    const interrupted = new Interrupted(name);
    if (!this.signal.aborted) {
      this.#firstAtMs = this.#nowMs();
      this.#controller.abort(interrupted);
    } else if (this.#nowMs() - this.#firstAtMs >= sameMs) {
      this.#endNow(interrupted.exitCode);
    }
  };
}
