import pg from 'pg';
import { asError, ValetError } from '../errors.js';
import { type Logger, silentLogger } from '../logger.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections in the pool; waking does not hold one, so few are enough. */
  readonly maxConnections?: number;
  /** Whether named statements are kept by their connections; a pooler by transaction would mix them up. Default false. */
  readonly keepsStatements?: boolean;
  readonly logger?: Logger;
}

/** Anything that runs one statement. */
export interface Queryable {
  query<Row extends object>(sql: string, values?: readonly unknown[], options?: QueryOptions): Promise<Row[]>;
}

export interface QueryOptions {
  /** Instead of the usual bound; whatever it is, a connection that does not answer within it is given up. */
  readonly timeoutMs?: number;
  /** For what runs so often that its planning counts: planned once for each connection, where that is possible. */
  readonly name?: string;
}

const connectTimeoutMs = 5_000;
const statementTimeoutMs = 30_000;
const queryTimeoutMs = statementTimeoutMs + connectTimeoutMs;
const idleTimeoutMs = 60_000;
/** A holder that is paused in the middle of a transaction must not keep its rows from all others. */
const idleInTransactionMs = 5_000;
/** Fly's proxy in front of Managed Postgres cuts connections older than ten minutes. */
const maxConnectionAgeSecs = 540;

/** `int8` fits a JavaScript number here: epochs and sizes stay far below 2^53. */
const int8 = 20;

/** The pooled connection. Nearly every statement is whole and commits by itself: what must hold together is one statement. */
export class Database implements Queryable {
  readonly #pool: pg.Pool;
  readonly #keepsStatements: boolean;
  #closing: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.#keepsStatements = options.keepsStatements ?? false;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      maxLifetimeSeconds: maxConnectionAgeSecs,
      statement_timeout: statementTimeoutMs,
      query_timeout: queryTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      application_name: 'valet',
      types: { getTypeParser },
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    const { logger = silentLogger } = options;
    this.#pool.on('error', ({ message }) => logger.debug({ message }, 'an idle connection to the database broke'));
  }

  async query<Row extends object>(sql: string, values?: readonly unknown[], options?: QueryOptions): Promise<Row[]> {
    return translating(this.#pool, this.#keepsStatements).query<Row>(sql, values, options);
  }

  /** Several statements that commit together; for the few cases that one statement cannot say. */
  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw translated(error);
    });
    // The pool listens to idle connections only; one that breaks in our hands would end the process.
    client.on('error', ignored);
    const transaction = translating(client, this.#keepsStatements);
    let broken: Error | undefined;
    try {
      await transaction.query('begin');
      const result = await work(transaction);
      await transaction.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((rollbackError: unknown) => {
        broken = asError(rollbackError);
      });
      throw error;
    } finally {
      client.off('error', ignored);
      // A connection that could not even roll back is not given to the next caller.
      client.release(broken);
    }
  }

  /** Connections of the pool now, and statements that wait for one. */
  get load(): { readonly busy: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /** For libraries that bring their own statements. */
  get pool(): pg.Pool {
    return this.#pool;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    await this.#closing;
  }
}

function ignored(): void {}

function translating(connection: Pick<pg.Pool | pg.PoolClient, 'query'>, keepsStatements: boolean): Queryable {
  return {
    query: async <Row extends object>(
      sql: string,
      values: readonly unknown[] = [],
      { timeoutMs = queryTimeoutMs, name }: QueryOptions = {},
    ) => {
      try {
        // The types do not know that a statement may have a bound of its own: node_modules/pg/lib/client.js, `query`.
        const kept = keepsStatements && name !== undefined ? { name } : {};
        const statement = { text: sql, query_timeout: timeoutMs, ...kept };
        return (await connection.query<Row>(statement, [...values])).rows;
      } catch (error) {
        throw translated(error);
      }
    },
  };
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === int8) return Number;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}

/** A connection that is not there becomes `database_unavailable`; what PostgreSQL itself refused stays as it is. */
export function translated(thrown: unknown): Error {
  const error = asError(thrown);
  // Only PostgreSQL's own errors carry an SQLSTATE; a socket's code (EPIPE) can look like one.
  const sqlState = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  if (sqlState === '42P01') {
    return new ValetError('database_not_migrated', 'The database lacks tables that Valet needs.', {
      hint: 'Run "valet db migrate".',
      cause: error,
    });
  }
  // 08: connection, 57: shutdown or statement timeout, 53: out of resources, 28 and 3D: refused at the door (PostgreSQL, appendix A).
  const refusedBySql = sqlState !== '' && !/^(08|57|53|28|3D)/.test(sqlState);
  if (refusedBySql || error instanceof ValetError) return error;
  return new ValetError('database_unavailable', `The database does not answer: ${reason(error)}.`, {
    hint: 'Check DATABASE_URL and that PostgreSQL accepts connections from here.',
    retryAfterSecs: 5,
    cause: error,
  });
}

function reason(error: Error): string {
  // Connecting to a name with several addresses fails with an AggregateError whose own message is empty.
  const first = error instanceof AggregateError ? asError(error.errors[0]) : error;
  return first.message.replace(/\.$/, '') || first.name;
}

/** Whether a statement failed because the named constraint says that there is one already. */
export function isUniqueViolation(thrown: unknown, constraint: string): boolean {
  return thrown instanceof pg.DatabaseError && thrown.code === '23505' && thrown.constraint === constraint;
}
