import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sentinelProject, type TableRows, tableRows } from './database-contents.js';
import { Problem } from './problem.js';

export interface KeyPage {
  readonly keys: readonly string[];
  /** The last key of a page that is not the last page. */
  readonly next_after: string | null;
}

/** The project's live SQLite database. All of it is synchronous, so no two requests see each other half done. */
export class ProjectDatabase {
  readonly #database: DatabaseSync;

  private constructor(path: string) {
    this.#database = new DatabaseSync(path);
    // FULL: a machine that is ended hard loses its page cache as if the power had been cut, and NORMAL would then lose
    // the last commits.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000');
  }

  /** @throws Error when the file is missing, Problem 409 `other_project` when it is another project's */
  static open(path: string, projectId: string): ProjectDatabase {
    if (!existsSync(path)) throw new Error(`The database ${path} of project ${projectId} is gone.`);
    return ProjectDatabase.#checked(path, projectId);
  }

  /** Opens what an interrupted configure left, or makes a new database with the sentinel and no keys. */
  static openOrCreate(path: string, projectId: string, epoch: number): ProjectDatabase {
    const made = new ProjectDatabase(path);
    try {
      if (sentinelProject(made.#database) === null) made.#create(projectId, epoch);
    } finally {
      made.close();
    }
    return ProjectDatabase.#checked(path, projectId);
  }

  static #checked(path: string, projectId: string): ProjectDatabase {
    const opened = new ProjectDatabase(path);
    try {
      const owner = sentinelProject(opened.#database);
      if (owner === projectId) {
        opened.#database.exec('CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
        return opened;
      }
      throw new Problem(409, 'other_project', `The database on this volume is not project ${projectId}'s.`);
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  #create(projectId: string, epoch: number): void {
    this.#database.exec(
      'BEGIN IMMEDIATE; CREATE TABLE _valet (project_id TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT',
    );
    this.#database.prepare('INSERT INTO _valet (project_id, epoch) VALUES (?, ?)').run(projectId, epoch);
    this.#database.exec('CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT; COMMIT');
  }

  get(key: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM kv WHERE key = ?').get(key);
    return row === undefined ? undefined : String(row.value);
  }

  set(key: string, value: string): void {
    this.#database
      .prepare('INSERT INTO kv VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(key, value);
  }

  delete(key: string): void {
    this.#database.prepare('DELETE FROM kv WHERE key = ?').run(key);
  }

  keys(after: string, limit: number): KeyPage {
    const rows = this.#database.prepare('SELECT key FROM kv WHERE key > ? ORDER BY key LIMIT ?').all(after, limit + 1);
    const keys = rows.slice(0, limit).map((row) => String(row.key));
    return { keys, next_after: rows.length > limit ? (keys.at(-1) ?? null) : null };
  }

  rows(): TableRows {
    return tableRows(this.#database);
  }

  /** A consistent, compact copy, stamped with the epoch. VACUUM INTO makes it without write-ahead logging, so it is one file. */
  copyTo(path: string, epoch: number): TableRows {
    this.#database.prepare('VACUUM INTO ?').run(path);
    const copy = new DatabaseSync(path);
    try {
      copy.prepare('UPDATE _valet SET epoch = ?').run(epoch);
      return tableRows(copy);
    } finally {
      copy.close();
    }
  }

  /** Moves everything out of the write-ahead log into the file. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
