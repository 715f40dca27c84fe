import type { Dispatcher } from 'undici';
import { TransportFault } from './fault.js';

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  /** Carries the requests instead; it stays its owner's to close. */
  readonly lent?: Dispatcher | undefined;
}

/**
 * The connections of one client: its own, or those that somebody lends it. undici is loaded by the first request, so
 * that who only makes a client does not wait for it.
 */
export class Connections {
  readonly #options: ConnectionOptions;
  #own: Promise<Dispatcher> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws TransportFault `closed` */
  async dispatcher(): Promise<Dispatcher> {
    if (this.#options.lent !== undefined) return this.#options.lent;
    if (this.#closed) throw new TransportFault('closed', 'this client is closed');
    this.#own ??= createAgent(this.#options.connectTimeoutMs);
    return this.#own;
  }

  /** Ends requests in flight. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const own = await this.#own;
    this.#own = undefined;
    await own?.destroy();
  }
}

/** Connections are kept for reuse; the time of a whole call is bounded by `exchange`, so undici's own clocks are off. */
async function createAgent(connectTimeoutMs: number): Promise<Dispatcher> {
  const { Agent } = await import('undici');
  return new Agent({ connect: { timeout: connectTimeoutMs }, headersTimeout: 0, bodyTimeout: 0 });
}
