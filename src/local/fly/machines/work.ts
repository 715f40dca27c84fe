/** What goes on in a machine by itself, one thing at a time: newer work ends older. */
export class MachineWork {
  readonly #onFailure: (error: unknown) => void;
  #running = new AbortController();
  #pending: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param onFailure told of what work throws that was not ended from here */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  begin(work: (signal: AbortSignal) => Promise<void>): void {
    this.abort();
    if (this.#closed) return;
    const controller = new AbortController();
    this.#running = controller;
    const ended = work(controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) this.#onFailure(error);
    });
    const before = this.#pending;
    this.#pending = ended.then(() => before);
  }

  abort(): void {
    this.#running.abort();
  }

  /** Nothing begins any more. */
  close(): void {
    this.#closed = true;
    this.abort();
  }

  /** Resolves when all that was begun has ended. */
  async ended(): Promise<void> {
    await this.#pending;
  }
}
