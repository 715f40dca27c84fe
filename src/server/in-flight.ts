import type { ServerResponse } from 'node:http';

/** Requests that are being worked on: each can be told to give up, and a stop can wait for all of them. */
export class InFlight {
  readonly #open = new Map<ServerResponse, AbortController>();
  readonly #waiting = new Set<() => void>();
  #brief = 0;
  #keepAliveEnds = false;
  #ending: unknown;

  get count(): number {
    return this.#open.size + this.#brief;
  }

  /**
   * For what is short and bounded in time by itself: nobody has to tell it to give up. `endBrief` must follow, before the
   * answer. Only counted: V8 keeps what a busy Map held for long after it was deleted, here all of a request.
   */
  beginBrief(): void {
    this.#brief += 1;
  }

  endBrief(response: ServerResponse): void {
    this.#brief -= 1;
    if (this.#keepAliveEnds) response.shouldKeepAlive = false;
    this.#tellIfDrained();
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
    for (const controller of this.#open.values()) controller.abort(reason);
  }

  /** Has connections end after the answer that they are waiting for, so that nothing new comes over them. */
  endKeepAlive(): void {
    this.#keepAliveEnds = true;
    for (const response of this.#open.keys()) response.shouldKeepAlive = false;
  }

  /** Resolves when nothing is being worked on any more, or after so long. */
  async drained(limitMs: number): Promise<void> {
    if (this.count === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  #leave(response: ServerResponse, controller: AbortController): void {
    if (!response.writableFinished) controller.abort(gone());
    this.#open.delete(response);
    this.#tellIfDrained();
  }

  #tellIfDrained(): void {
    if (this.count === 0) for (const resolve of this.#waiting) resolve();
  }
}

function gone(): Error {
  return new Error('The client went away.');
}
