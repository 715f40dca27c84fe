import type { IncomingMessage, ServerResponse } from 'node:http';

/** Calls of the machine protocol that are not answered yet: no use of the project, but no moment to fall asleep either. */
export class OpenCalls {
  readonly #onChange: () => void;
  #count = 0;

  /** @param onChange told after each call that may have changed something; one that only looks does not count */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a call until its response has been handed over or its connection is gone. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#count += 1;
    response.once('close', () => {
      this.#count -= 1;
      if (request.method !== 'GET') this.#onChange();
    });
  }
}
