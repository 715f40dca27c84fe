import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { ValetError } from '../errors.js';
import { type Queryable, translated } from './database.js';

export interface MigrationResult {
  /** Names of the migrations that this call applied, in order. */
  readonly applied: readonly string[];
  /** Name of the newest migration that the database now has. */
  readonly version: string;
}

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

const directory = fileURLToPath(new URL('migrations', import.meta.url));
const table = 'valet_migrations';
/** Any number that no other program on this database takes; "valet" on a telephone keypad. */
const migrationLock = 82538;
const lockTimeoutMs = 60_000;

/**
 * Brings the database up to date. All that is pending commits together or not at all, and a second caller waits for
 * the first, so two instances may start at once.
 *
 * @throws ValetError `database_unavailable`
 */
export async function migrate(url: string): Promise<MigrationResult> {
  return withClient(url, async (client) => {
    await client.query(`set lock_timeout = ${lockTimeoutMs}`);
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    // The library's own lock refuses a second caller instead of letting it wait.
    const applied = await applyPending(client);
    return { applied, version: (await appliedNames(client)).at(-1) ?? 'none' };
  });
}

/** What has been applied and what `migrate` would apply. Changes nothing. */
export async function migrationStatus(url: string): Promise<MigrationStatus> {
  return withClient(url, async (client) => {
    const applied = await appliedNames(client);
    return { applied, pending: (await migrationNames()).filter((name) => !applied.includes(name)) };
  });
}

/**
 * What every start asks first: cheap, and on the pooled connection.
 *
 * @throws ValetError `database_not_migrated`
 */
export async function assertMigrated(db: Queryable): Promise<void> {
  const rows = await db.query<{ name: string }>(`select name from ${table}`);
  const applied = rows.map((row) => row.name);
  const pending = (await migrationNames()).filter((name) => !applied.includes(name));
  if (pending.length === 0) return;
  throw new ValetError('database_not_migrated', `The database lacks the migrations ${pending.join(', ')}.`, {
    hint: 'Run "valet db migrate".',
  });
}

/** Of this version, in order. */
export async function migrationNames(): Promise<string[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .toSorted();
}

async function applyPending(client: pg.Client): Promise<string[]> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const done = await runner({
    dbClient: client,
    dir: directory,
    direction: 'up',
    migrationsTable: table,
    noLock: true,
    singleTransaction: true,
    logger: silent,
  });
  return done.map((migration) => migration.name);
}

async function appliedNames(client: pg.Client): Promise<string[]> {
  const found = await client.query('select to_regclass($1) is not null as present', [table]);
  if (!found.rows[0]?.present) return [];
  const rows = await client.query<{ name: string }>(`select name from ${table} order by id`);
  return rows.rows.map((row) => row.name);
}

/** A connection of its own: the advisory lock lives and dies with it. */
async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'valet-migrate',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw translated(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
