import type { ServerResponse } from 'node:http';

/** Requests that are being worked on: each can be told to give up, and a stop can wait for all of them. */
export class InFlight {
  readonly #open = new Map<ServerResponse, AbortController | undefined>();
  readonly #waiting = new Set<() => void>();
  #ending: unknown;

  get count(): number {
    return this.#open.size;
  }

  /** For what is bounded in time by itself and short: nobody has to tell it to give up. `end` must follow. */
  begin(response: ServerResponse): void {
    this.#open.set(response, undefined);
  }

  end(response: ServerResponse): void {
    this.#open.delete(response);
    if (this.#open.size === 0) for (const resolve of this.#waiting) resolve();
  }

  /** Aborted when the client goes away before its answer, or by `abortAll` with that reason. */
  enter(response: ServerResponse): AbortSignal {
    const known = this.#open.get(response);
    if (known !== undefined) return known.signal;
    const controller = new AbortController();
    if (response.closed) {
      controller.abort(gone());
      return controller.signal;
    }
    this.#open.set(response, controller);
    if (this.#ending !== undefined) controller.abort(this.#ending);
    response.once('close', () => this.#leave(response, controller));
    return controller.signal;
  }

  abortAll(reason: unknown): void {
    this.#ending = reason;
    for (const controller of this.#open.values()) controller?.abort(reason);
  }

  /** Has connections end after the answer that they are waiting for, so that nothing new comes over them. */
  endKeepAlive(): void {
    for (const response of this.#open.keys()) response.shouldKeepAlive = false;
  }

  /** Resolves when nothing is being worked on any more, or after so long. */
  async drained(limitMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  #leave(response: ServerResponse, controller: AbortController): void {
    if (!response.writableFinished) controller.abort(gone());
    this.end(response);
  }
}

function gone(): Error {
  return new Error('The client went away.');
}
