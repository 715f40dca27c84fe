import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import DbMigrate from '../../src/commands/db/migrate.js';
import DbStatus from '../../src/commands/db/status.js';
import { runCommand } from '../support/commands.js';

/** A database of its own on the server of the test run. */
async function emptyDatabase() {
  const name = `cli_${randomBytes(6).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  await onServer(url.href, `create database ${name}`);
  const own = new URL(url);
  own.pathname = name;
  return {
    env: { DATABASE_URL: own.href },
    [Symbol.asyncDispose]: () => onServer(url.href, `drop database ${name} with (force)`),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

test('db status tells what is pending, db migrate applies it, and a second run has nothing to do', async () => {
  await using database = await emptyDatabase();
  const { env } = database;
  const before = await runCommand(DbStatus, [], { env });
  expect(before).toMatchObject({ exitCode: 0, stderr: 'Run "valet db migrate".\n' });
  expect(before.stdout).toMatch(/^0001_foundation +pending$/m);

  const first = await runCommand(DbMigrate, [], { env });
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('0001_foundation\n') });
  const second = await runCommand(DbMigrate, [], { env });
  expect(second).toEqual({ exitCode: 0, stdout: '', stderr: 'The database is up to date.\n' });

  const after = await runCommand(DbStatus, ['--json'], { env });
  expect(JSON.parse(after.stdout)).toMatchObject({ pending: [] });
});

test('db migrate without an address of the database ends with 78 and names the variable', async () => {
  const ran = await runCommand(DbMigrate, [], { env: {} });
  expect(ran).toMatchObject({ exitCode: 78, stderr: expect.stringContaining('DATABASE_URL is not set') });
});

test('db migrate of a database that is away ends with 69 and does not repeat the password', async () => {
  const ran = await runCommand(DbMigrate, [], { env: { DATABASE_URL: 'postgres://valet:hunter2@127.0.0.1:1/valet' } });
  expect(ran).toMatchObject({ exitCode: 69, stderr: expect.stringContaining('Code: database_unavailable') });
  expect(ran.stderr).not.toContain('hunter2');
});
