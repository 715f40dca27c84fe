/**
 * Runs in a thread of its own (see inspect.ts), from source as well as compiled: so it imports nothing of ours but types.
 * The file comes from a project's machine and is not trusted: read-only, no extensions, no functions from its schema.
 */
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

export type DatabaseFacts =
  | { readonly readable: false; readonly reason: string }
  | {
      readonly readable: true;
      /** `ok`, or the first complaint. */
      readonly quickCheck: string;
      /** Rows of every ordinary table. */
      readonly tables: Readonly<Record<string, number>>;
      /** The project ids of the sentinel table `_valet`; empty if there is none. */
      readonly sentinelProjects: readonly string[];
    };

/** One row is right and two are wrong; more would say nothing new. */
const maxSentinels = 2;

if (typeof workerData === 'string') parentPort?.postMessage(inspect(workerData));

function inspect(path: string): DatabaseFacts {
  try {
    // Immutable: no locks and no files beside it, also for a database in WAL mode.
    const address = pathToFileURL(path);
    address.searchParams.set('immutable', '1');
    const database = new DatabaseSync(address, { readOnly: true, allowExtension: false });
    try {
      return readFacts(database);
    } finally {
      database.close();
    }
  } catch (error) {
    return { readable: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function readFacts(database: DatabaseSync): DatabaseFacts {
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
  const quickCheck = firstText(database, 'PRAGMA quick_check(1)');
  // Counting in a damaged file may fail with less to say than the check.
  if (quickCheck !== 'ok') return { readable: true, quickCheck, tables: {}, sentinelProjects: [] };
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name")
    .all()
    .map((row) => String(row.name));
  const tables = Object.fromEntries(names.map((name) => [name, countRows(database, name)]));
  const sentinelProjects = names.includes('_valet') ? readSentinels(database) : [];
  return { readable: true, quickCheck, tables, sentinelProjects };
}

function countRows(database: DatabaseSync, table: string): number {
  return Number(firstText(database, `SELECT count(*) FROM "${table.replaceAll('"', '""')}"`));
}

function readSentinels(database: DatabaseSync): string[] {
  const rows = database.prepare(`SELECT project_id FROM _valet LIMIT ${maxSentinels}`).all();
  return rows.map((row) => String(row.project_id));
}

function firstText(database: DatabaseSync, sql: string): string {
  const row = database.prepare(sql).get();
  return String(Object.values(row ?? {})[0]);
}
