import { setTimeout as sleep } from 'node:timers/promises';

/** What does not heed its abort by then is left to recovery, as if the process had died. */
const closeTimeoutMs = 10_000;

/**
 * Work that goes on when the caller who began it has given up, and that ends when the control plane closes. A client
 * that hangs up must not undo an archive that others wait for.
 */
export class Running implements AsyncDisposable {
  readonly #closing = new AbortController();
  readonly #inFlight = new Set<Promise<unknown>>();

  /** Aborts when the control plane closes. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Answers the work's result, or rejects with the caller's reason while the work goes on. */
  async start<T>(work: (signal: AbortSignal) => Promise<T>, caller?: AbortSignal): Promise<T> {
    this.#closing.signal.throwIfAborted();
    caller?.throwIfAborted();
    const going = work(this.#closing.signal);
    const watched = going.then(
      () => undefined,
      () => undefined,
    );
    this.#inFlight.add(watched);
    void watched.finally(() => this.#inFlight.delete(watched));
    return caller ? unless(caller, going) : going;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('The control plane is closing.'));
    const tooLong = new AbortController();
    const bound = sleep(closeTimeoutMs, undefined, { signal: tooLong.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#inFlight), bound]);
    tooLong.abort();
  }
}

/**
 * A question for a caller who may give up: then nothing is asked, or the answer is not waited for. The question itself
 * ends by the bound that it has.
 */
export async function asking<T>(caller: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
  caller?.throwIfAborted();
  return caller === undefined ? ask() : unless(caller, ask());
}

/** What is going on, or the caller's reason if that comes first. */
export async function unless<T>(caller: AbortSignal, going: Promise<T>): Promise<T> {
  const gaveUp = Promise.withResolvers<never>();
  const onAbort = () => gaveUp.reject(caller.reason);
  caller.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([going, gaveUp.promise]);
  } finally {
    caller.removeEventListener('abort', onAbort);
  }
}
