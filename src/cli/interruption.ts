import type { EventEmitter } from 'node:events';
import { type ExitCode, exitCodes } from './exit-codes.js';

type SignalName = 'SIGINT' | 'SIGTERM';
const names: readonly SignalName[] = ['SIGINT', 'SIGTERM'];

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: ExitCode;

  constructor(signal: SignalName) {
    super(`Stopped by ${signal}.`);
    this.exitCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
  }
}

/** The first SIGINT or SIGTERM asks to stop, through `signal`; a second one ends the process at once. */
export class Interruption implements Disposable {
  readonly #source: EventEmitter;
  readonly #endNow: (code: ExitCode) => void;
  readonly #controller = new AbortController();

  /** @param source `process`, or what stands in for it */
  constructor(source: EventEmitter, endNow: (code: ExitCode) => void) {
    this.#source = source;
    this.#endNow = endNow;
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
    if (this.signal.aborted) this.#endNow(interrupted.exitCode);
    else this.#controller.abort(interrupted);
  };
}
