import pg from 'pg';
import { translated } from './database.js';

/**
 * PostgreSQL ends a session that has been silent for so long, so a paused holder loses its locks; the pings of a live
 * one keep it well inside.
 */
const idleSessionTimeoutMs = 15_000;
const answerTimeoutMs = 5_000;

/**
 * One direct connection with a life of its own: for what is bound to a session (advisory locks, LISTEN), which a
 * transaction pooler would break. `lost` aborts the moment it is known to be gone.
 */
export class DirectSession implements AsyncDisposable {
  readonly #client: pg.Client;
  readonly #lost = new AbortController();
  /** Resolves when the statement under way has ended: a connection takes one at a time. */
  #free: Promise<void> = Promise.resolve();

  private constructor(client: pg.Client) {
    this.#client = client;
    client.on('error', () => this.#lose());
    client.on('end', () => this.#lose());
  }

  static async open(url: string, name: string): Promise<DirectSession> {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: answerTimeoutMs,
      query_timeout: answerTimeoutMs,
      keepAlive: true,
      options: `-c idle_session_timeout=${idleSessionTimeoutMs}`,
    });
    const session = new DirectSession(client);
    try {
      await client.connect();
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw translated(error);
    }
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** A statement that is not answered in time means that the session is lost, whatever the socket says. */
  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const ended = Promise.withResolvers<void>();
    const turn = this.#free;
    this.#free = ended.promise;
    await turn;
    try {
      return (await this.#client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      this.#lose();
      throw translated(error);
    } finally {
      ended.resolve();
    }
  }

  onNotification(listener: (channel: string, payload: string) => void): void {
    this.#client.on('notification', (message) => listener(message.channel, message.payload ?? ''));
  }

  #lose(): void {
    if (this.#lost.signal.aborted) return;
    this.#lost.abort(new Error('The direct connection to the database was lost.'));
    // Not end(): that would wait for a peer that may never answer.
    this.#client.connection?.stream?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A peer that is silently gone never says goodbye.
    const timer = setTimeout(() => this.#lose(), answerTimeoutMs);
    if (!this.#lost.signal.aborted) await this.#client.end().catch(() => undefined);
    clearTimeout(timer);
    this.#lose();
  }
}
