import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Manifest } from '../../src/sdk/archives/manifest.js';

/** The bytes of a real SQLite file that these statements make. */
export async function databaseOf(...statements: readonly string[]): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-test-database-'));
  try {
    const file = join(dir, 'made.sqlite');
    const database = new DatabaseSync(file);
    for (const statement of statements) database.exec(statement);
    database.close();
    return await readFile(file);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A project's database: a sentinel and some notes, over several pages. */
export function projectDatabase(projectId = 'demo', notes = 200): Promise<Buffer> {
  return databaseOf(
    'CREATE TABLE _valet (project_id TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT',
    `INSERT INTO _valet VALUES ('${projectId}', 7)`,
    'CREATE TABLE "odd ""name" (text TEXT NOT NULL)',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)',
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${notes})
     INSERT INTO notes (text) SELECT 'note ' || i || printf('%.100c', 'x') FROM n`,
  );
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a truthful machine would say of these bytes. */
export function manifestOf(bytes: Uint8Array, change: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    project_id: 'demo',
    epoch: 8,
    created_at: '2026-01-01T00:00:00.000Z',
    size: bytes.byteLength,
    sha256: sha256Of(bytes),
    tables: { _valet: 1, notes: 200, 'odd "name': 0 },
    ...change,
  };
}
