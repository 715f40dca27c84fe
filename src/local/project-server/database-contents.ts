import { DatabaseSync } from 'node:sqlite';
import { Problem } from './problem.js';

/** Rows of each ordinary table, the sentinel included. */
export type TableRows = Readonly<Record<string, number>>;

/**
 * Whose database this is, by the one row of `_valet`; null when there is no such row. An integrity check alone passes on
 * an empty file, so every database says whose it is.
 */
export function sentinelProject(database: DatabaseSync): string | null {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_valet'").get();
  if (table === undefined) return null;
  const [row, second] = database.prepare('SELECT project_id FROM _valet LIMIT 2').all();
  return row === undefined || second !== undefined ? null : String(row.project_id);
}

export function tableRows(database: DatabaseSync): TableRows {
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name")
    .all()
    .map((row) => String(row.name));
  return Object.fromEntries(names.map((name) => [name, countRows(database, name)]));
}

function countRows(database: DatabaseSync, table: string): number {
  const row = database.prepare(`SELECT count(*) AS n FROM "${table.replaceAll('"', '""')}"`).get();
  return Number(row?.n ?? 0);
}

/**
 * Opens a downloaded archive read-only and looks whether it is sound and this project's.
 * @throws Problem 422 `archive_damaged` or `not_this_project`
 */
export function inspectArchive(path: string, projectId: string): TableRows {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    quickCheck(database);
    const owner = sentinelProject(database);
    if (owner !== projectId) {
      throw new Problem(422, 'not_this_project', `The archive is not one of project ${projectId}.`);
    }
    return tableRows(database);
  } finally {
    database.close();
  }
}

function quickCheck(database: DatabaseSync): void {
  try {
    const row = database.prepare('PRAGMA quick_check(1)').get();
    if (row?.quick_check === 'ok') return;
  } catch (error) {
    throw new Problem(422, 'archive_damaged', 'The archive is not a readable SQLite database.', { cause: error });
  }
  throw new Problem(422, 'archive_damaged', 'The archive fails the quick check of SQLite.');
}
