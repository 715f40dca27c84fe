/** Places for requests that wait. A request without a place is told to come back. */
export class Holds {
  readonly #maxHeld: number;
  #held = 0;

  constructor(maxHeld: number) {
    this.#maxHeld = maxHeld;
  }

  get held(): number {
    return this.#held;
  }

  /** A place, freed when disposed; undefined if all are taken. */
  take(): Disposable | undefined {
    if (this.#held >= this.#maxHeld) return undefined;
    this.#held += 1;
    let taken = true;
    return {
      [Symbol.dispose]: () => {
        if (taken) this.#held -= 1;
        taken = false;
      },
    };
  }
}
