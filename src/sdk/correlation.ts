import { AsyncLocalStorage } from 'node:async_hooks';

/** On whose behalf something is done: of a request, by its id, or of a background task, by its name. */
export type Cause = { readonly kind: 'request'; readonly id: string } | { readonly kind: 'task'; readonly id: string };

/**
 * What a request or a task has begun knows whose it is, through every wait and every call. What several ask for
 * together belongs to the one who came first.
 */
export class Correlation {
  readonly #causes = new AsyncLocalStorage<Cause>();

  get cause(): Cause | undefined {
    return this.#causes.getStore();
  }

  /** Does the work on behalf of the request with this id, and answers what it answers. */
  ofRequest<T>(id: string, work: () => T): T {
    return this.#causes.run({ kind: 'request', id }, work);
  }

  /** The same on behalf of a background task. */
  ofTask<T>(name: string, work: () => T): T {
    return this.#causes.run({ kind: 'task', id: name }, work);
  }
}
