import pg from 'pg';
import { asError } from '../errors.js';

/** One connection for one question. */
export interface HealthSession {
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The process that answers, by what was said at the greeting; null where nothing was. */
  readonly greetedBy: number | null;
  onNews(listener: (channel: string) => void): void;
}

export interface HealthSessionOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Settings as the greeting carries them: `-c name=value`. */
  readonly settings?: string;
  /** For connecting, and for each answer. */
  readonly answerTimeoutMs?: number;
}

const usualAnswerTimeoutMs = 5_000;

/**
 * Opens a connection, asks, and closes it whatever happens; an abort cuts it.
 *
 * @throws what `pg` throws, which `refusalOf` reads
 */
export async function withHealthSession<T>(
  options: HealthSessionOptions,
  work: (session: HealthSession) => Promise<T>,
): Promise<T> {
  const { url, signal, settings, answerTimeoutMs = usualAnswerTimeoutMs } = options;
  signal.throwIfAborted();
  const client = new pg.Client({
    connectionString: url,
    application_name: 'valet-doctor',
    connectionTimeoutMillis: answerTimeoutMs,
    query_timeout: answerTimeoutMs,
    ...(settings !== undefined && { options: settings }),
  });
  client.on('error', () => undefined);
  const cut = () => client.connection?.stream?.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await client.connect();
    return await work(sessionOf(client));
  } finally {
    // A peer that is silently gone never says goodbye.
    const timer = setTimeout(cut, answerTimeoutMs);
    await client.end().catch(() => undefined);
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
  }
}

function sessionOf(client: pg.Client): HealthSession {
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
    // The types do not know it: node_modules/pg/lib/client.js, `_handleBackendKeyData`.
    greetedBy: 'processID' in client && typeof client.processID === 'number' ? client.processID : null,
    onNews: (listener) => void client.on('notification', ({ channel }) => listener(channel)),
  };
}

/** Why a question came to nothing. */
export interface DatabaseRefusal {
  /** PostgreSQL's own code; null where it was not PostgreSQL that said no. */
  readonly sqlState: string | null;
  /** A sentence's worth, without the full stop. */
  readonly reason: string;
}

export function refusalOf(thrown: unknown): DatabaseRefusal {
  const error = asError(thrown);
  // Connecting to a name with several addresses fails with an AggregateError whose own message is empty.
  const first = error instanceof AggregateError ? asError(error.errors[0]) : error;
  const sqlState = first instanceof pg.DatabaseError ? (first.code ?? null) : null;
  return { sqlState, reason: first.message.replace(/\.$/, '') || first.name };
}
