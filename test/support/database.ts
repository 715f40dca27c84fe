import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { Database } from '../../src/sdk/database/database.js';

/** A database of a test's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly db: Database;
  /** Moves the database's clock, which is the only one that decides. */
  travel(interval: string): Promise<void>;
}

/** Clones the migrated template, or gives an empty database. */
export async function testDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.empty ? 'template0' : new URL(server).pathname.slice(1);
  await asAdmin(server, `create database ${name} template ${template}`);
  return opened(server, name);
}

/**
 * As a backup that is restored elsewhere: all that the original holds now, in a database of its own. The original must
 * not be in use; its connections are ended.
 */
export async function copyOf(original: TestDatabase): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const from = new URL(original.url).pathname.slice(1);
  await asAdmin(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${from}'`);
  await asAdmin(server, `create database ${name} template ${from}`);
  return opened(server, name);
}

function opened(server: string, name: string): TestDatabase {
  const url = new URL(server);
  url.pathname = `/${name}`;
  const db = new Database({ url: url.href });
  return {
    url: url.href,
    db,
    travel: async (interval) => {
      await db.query(
        `create table if not exists travelled (by interval not null);
         insert into travelled values ('${interval}');
         create or replace function valet_now() returns timestamptz language sql stable
           as 'select now() + (select sum(by) from travelled)'`,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await db.close();
      await asAdmin(server, `drop database ${name} with (force)`);
    },
  };
}

/** Over the maintenance database: a template cannot be cloned while somebody is connected to it. */
async function asAdmin(server: string, sql: string): Promise<void> {
  const url = new URL(server);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
