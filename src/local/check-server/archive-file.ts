import { copyFile, readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

/** What an archive holds, as SQLite reads it. */
export type ArchiveContents =
  | {
      readonly readable: true;
      /** `ok`, or what SQLite found. */
      readonly quickCheck: string;
      readonly tables: Readonly<Record<string, number>>;
      /** The project's id in every row of `_valet`; null without such a table. */
      readonly sentinels: readonly string[] | null;
    }
  | { readonly readable: false; readonly why: string };

export function readArchive(path: string): ArchiveContents {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const quickCheck = String(database.prepare('PRAGMA quick_check(1)').get()?.quick_check);
    const tables = rowsOf(database);
    const sentinels = '_valet' in tables ? sentinelsOf(database) : null;
    return { readable: true, quickCheck, tables, sentinels };
  } catch (error) {
    return { readable: false, why: error instanceof Error ? error.message : String(error) };
  } finally {
    database?.close();
  }
}

function rowsOf(database: DatabaseSync): Record<string, number> {
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'")
    .all()
    .map(({ name }) => String(name));
  const count = (name: string) => database.prepare(`SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`).get();
  return Object.fromEntries(names.map((name) => [name, Number(count(name)?.n)]));
}

function sentinelsOf(database: DatabaseSync): string[] {
  return database
    .prepare('SELECT project_id FROM _valet LIMIT 10')
    .all()
    .map((row) => String(row.project_id));
}

/** Which of these texts stand nowhere in the file. SQLite keeps short texts in one piece. */
export async function missingFrom(path: string, texts: readonly string[]): Promise<readonly string[]> {
  const bytes = await readFile(path);
  return texts.filter((text) => !bytes.includes(text));
}

export interface Mark {
  /** A table that the server does not have. */
  readonly table: string;
  readonly rows: number;
  /** Whose it says to be; the same project as before if left out. */
  readonly projectId?: string;
}

/** The server's own archive with a table more, by which it is known again. */
export async function markArchive(from: string, to: string, mark: Mark): Promise<void> {
  await copyFile(from, to);
  const database = new DatabaseSync(to);
  try {
    // Then it is one file, without a log beside it.
    database.exec('PRAGMA journal_mode = DELETE');
    database.exec(`CREATE TABLE ${mark.table} (n INTEGER NOT NULL)`);
    const insert = database.prepare(`INSERT INTO ${mark.table} VALUES (?)`);
    for (let n = 1; n <= mark.rows; n++) insert.run(n);
    if (mark.projectId !== undefined) database.prepare('UPDATE _valet SET project_id = ?').run(mark.projectId);
  } finally {
    database.close();
  }
}
