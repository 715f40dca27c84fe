import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../src/local/postgres.js';
import { migrate } from '../../src/sdk/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's connection to the server that all test files share, and to its migrated template database. */
    postgresUrl: string;
  }
}

/** One PostgreSQL server for the whole run, with a migrated database that every test clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-test-'));
  const postgres = await startPostgres({ dir });
  await migrate(postgres.url);
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
