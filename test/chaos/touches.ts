import type { RouteSource } from '../../src/sdk/routing/ports.js';

/** The writing down of use by users, which may come long after them: what failed is tried again. */
export class Touches {
  /** How many have begun. */
  begun = 0;
  /** How many have not ended. */
  open = 0;

  watching(source: RouteSource): RouteSource {
    return {
      readAll: (ids) => source.readAll(ids),
      moved: (known) => source.moved(known),
      touch: (id, epoch) => this.#during(() => source.touch(id, epoch)),
      touchAll: (touches) => this.#during(() => source.touchAll(touches)),
    };
  }

  async #during<T>(write: () => Promise<T>): Promise<T> {
    this.begun += 1;
    this.open += 1;
    try {
      return await write();
    } finally {
      this.open -= 1;
    }
  }
}
