/** Every port may be in use by then. */
const maxTries = 1000;

/**
 * The loopback ports of programs. A port is free until its program listens, which takes a while, and the system would
 * give it to the next machine as well: here nobody gets one that another machine has.
 */
export class Ports {
  readonly #taken = new Set<number>();
  readonly #find: () => Promise<number>;

  /** @param find a port that nobody listens on */
  constructor(find: () => Promise<number>) {
    this.#find = find;
  }

  /** @throws when none can be found */
  async take(): Promise<number> {
    for (let tries = 0; tries < maxTries; tries++) {
      const port = await this.#find();
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    throw new Error('No port is free.');
  }

  giveBack(port: number): void {
    this.#taken.delete(port);
  }
}
