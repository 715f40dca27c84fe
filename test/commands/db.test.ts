import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import DbAcceptRestore from '../../src/commands/db/accept-restore.js';
import DbMigrate from '../../src/commands/db/migrate.js';
import DbStatus from '../../src/commands/db/status.js';
import { runCommand } from '../support/commands.js';
import { leastEnv } from '../support/config.js';
import { type TestObjectStore, useObjectStore } from '../support/object-store.js';

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

/** A migrated database, and what else the whole configuration needs. */
async function installed(store: TestObjectStore) {
  const database = await emptyDatabase();
  const env = {
    ...leastEnv,
    ...database.env,
    R2_ENDPOINT: store.endpoint,
    R2_BUCKET: store.bucket,
    R2_ACCESS_KEY_ID: store.accessKeyId,
    R2_SECRET_ACCESS_KEY: store.secretAccessKey,
  };
  await runCommand(DbMigrate, [], { env });
  return { env, [Symbol.asyncDispose]: database[Symbol.asyncDispose] };
}

test('G13: db accept-restore shows what it would do, and does it only with --yes', async () => {
  await using store = await useObjectStore();
  await using database = await installed(store);
  const { env } = database;
  const shown = await runCommand(DbAcceptRestore, [], { env, typed: 'y', columns: 80 });
  expect(shown).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('nothing needs to be') });
  expect(shown.stderr).toContain('Give --yes to accept this database.');
  for (const line of shown.stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  const json = await runCommand(DbAcceptRestore, ['--json'], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { details: { epoch: 0, mark: null, behind: false } } });
});

test('G13: db accept-restore of a database that was outrun moves its epochs past the mark', async () => {
  await using store = await useObjectStore();
  await using lost = await installed(store);
  const before = JSON.parse((await runCommand(DbAcceptRestore, ['--yes', '--json'], { env: lost.env })).stdout);

  await using restored = await installed(store);
  const { env } = restored;
  const shown = await runCommand(DbAcceptRestore, ['--json'], { env });
  expect(JSON.parse(shown.stdout)).toMatchObject({ error: { details: { mark: before.epoch, behind: true } } });
  const ran = await runCommand(DbAcceptRestore, ['--yes'], { env });
  expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Epochs go on from \d+\.\n$/) });
  expect(Number(/\d+/.exec(ran.stdout)?.[0])).toBeGreaterThan(before.epoch);
  const after = await runCommand(DbAcceptRestore, ['--json'], { env });
  expect(JSON.parse(after.stdout)).toMatchObject({ error: { details: { behind: false } } });
});
