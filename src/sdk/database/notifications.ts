import { randomBytes } from 'node:crypto';
import { type Logger, silentLogger } from '../logger.js';
import type { RouteChangeListener, RouteChanges } from '../routing/ports.js';
import { DirectSession } from './direct-session.js';

const proofMs = 2_000;
const reconnectMinMs = 200;
const reconnectMaxMs = 5_000;

/**
 * News from the database by LISTEN, on a direct session of its own. A connection can be deaf without being closed, so
 * it proves itself every two seconds by a message to itself; while it fails it is not healthy and nobody may rely on
 * not having heard of a change.
 */
export class Notifications implements RouteChanges, AsyncDisposable {
  readonly #url: string;
  readonly #logger: Logger;
  readonly #ownChannel = `valet_proof_${randomBytes(8).toString('hex')}`;
  readonly #routes = new Set<RouteChangeListener>();
  readonly #machines = new Set<(state: string) => void>();
  readonly #closed = new AbortController();
  #healthy = false;
  /** The last message to ourselves that came back. */
  #proof: string | undefined;
  #running: Promise<void> | undefined;

  constructor(directUrl: string, logger: Logger = silentLogger) {
    this.#url = directUrl;
    this.#logger = logger;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  subscribe(listener: RouteChangeListener): () => void {
    this.#routes.add(listener);
    return () => this.#routes.delete(listener);
  }

  /** Calls back with the new state of any machine's row. */
  onMachine(listener: (state: string) => void): () => void {
    this.#machines.add(listener);
    return () => this.#machines.delete(listener);
  }

  /** Resolves when the first session listens; from then on lost sessions are replaced until closed. */
  async open(): Promise<void> {
    const session = await this.#listen();
    this.#running = this.#keepListening(session);
  }

  async #keepListening(first: DirectSession): Promise<void> {
    let session: DirectSession | undefined = first;
    let delayMs = reconnectMinMs;
    while (!this.#closed.signal.aborted) {
      if (session) {
        delayMs = reconnectMinMs;
        await this.#prove(session);
        this.#healthy = false;
        await session[Symbol.asyncDispose]();
      }
      if (this.#closed.signal.aborted) return;
      if (session)
        this.#logger.warn({}, 'news from the database is lost; until it is back, every request reads its row');
      await pause(delayMs, this.#closed.signal);
      delayMs = Math.min(delayMs * 2, reconnectMaxMs);
      session = await this.#listen().catch(() => undefined);
      if (session) this.#logger.info({}, 'news from the database is heard again');
    }
    this.#healthy = false;
    await session?.[Symbol.asyncDispose]();
  }

  async #listen(): Promise<DirectSession> {
    const session = await DirectSession.open(this.#url, 'valet-listen');
    session.onNotification((channel, payload) => this.#heard(channel, payload));
    await session.query(`listen valet_projects; listen valet_machines; listen ${this.#ownChannel}`);
    this.#healthy = true;
    // What happened while nobody listened is unknown.
    for (const listener of this.#routes) listener.reset();
    return session;
  }

  /** Returns when the session no longer proves itself. */
  async #prove(session: DirectSession): Promise<void> {
    const over = AbortSignal.any([session.lost, this.#closed.signal]);
    const unwell = () => {
      this.#healthy = false;
    };
    over.addEventListener('abort', unwell, { once: true });
    while (!over.aborted) {
      this.#proof = undefined;
      const sent = randomBytes(4).toString('hex');
      // Not waited for: an answer that hangs is as deaf as one that never comes back as a message.
      void session.query('select pg_notify($1, $2)', [this.#ownChannel, sent]).catch(() => undefined);
      await pause(proofMs, over);
      if (!over.aborted && this.#proof !== sent) return;
    }
  }

  #heard(channel: string, payload: string): void {
    if (channel === this.#ownChannel) this.#proof = payload;
    if (channel === 'valet_projects') for (const listener of this.#routes) listener.changed(payload);
    if (channel === 'valet_machines') for (const listener of this.#machines) listener(payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#running;
  }
}

/** Resolves after the time or at once when aborted; never rejects. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
