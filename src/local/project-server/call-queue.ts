import { Problem } from './problem.js';

const maxWaiting = 16;

/** Thrown into a call that a newer one overtook, or that was running when the server stopped. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/**
 * One call of the machine protocol at a time. A call with a larger epoch does not wait for an older one to finish: it
 * aborts it, so that a person who needs a project back does not wait for an upload that nobody wants any more.
 */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #running: { readonly epoch: number; readonly controller: AbortController } | undefined;
  #stopped = false;

  run<T>(epoch: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#stopped) throw new Problem(503, 'stopping', 'The project server is stopping.', { retryAfterSecs: 1 });
    if (this.#waiting >= maxWaiting) {
      throw new Problem(503, 'overloaded', `${maxWaiting} calls are waiting already.`, { retryAfterSecs: 1 });
    }
    if (this.#running !== undefined && this.#running.epoch < epoch) this.#running.controller.abort(new Overtaken());
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#take(epoch, act));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Aborts what runs, lets what waits fail, and resolves when nothing is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running?.controller.abort(new Overtaken());
    await this.#last;
  }

  async #take<T>(epoch: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#waiting -= 1;
    const controller = new AbortController();
    if (this.#stopped) controller.abort(new Overtaken());
    this.#running = { epoch, controller };
    try {
      controller.signal.throwIfAborted();
      return await act(controller.signal);
    } catch (error) {
      throw controller.signal.aborted ? new Overtaken('Overtaken by a newer call.', { cause: error }) : error;
    } finally {
      this.#running = undefined;
    }
  }
}
