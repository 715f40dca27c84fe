import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import DbAcceptRestore from '../../src/commands/db/accept-restore.js';
import DbMigrate from '../../src/commands/db/migrate.js';
import DbStatus from '../../src/commands/db/status.js';
import { runCommand } from '../support/commands.js';
import { leastEnv } from '../support/config.js';
import { type TestObjectStore, useObjectStore } from '../support/object-store.js';

/** A database of its own on the server of the test run, empty or a copy of another. */
async function ownDatabase(original?: string) {
  const name = `cli_${randomBytes(6).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  await onServer(url.href, `create database ${name} ${original === undefined ? '' : `template ${original}`}`);
  const own = new URL(url);
  own.pathname = name;
  return {
    name,
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
  await using database = await ownDatabase();
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

/** The whole configuration. */
function environmentOf(database: { readonly env: { readonly DATABASE_URL: string } }, store: TestObjectStore) {
  return {
    ...leastEnv,
    ...database.env,
    R2_ENDPOINT: store.endpoint,
    R2_BUCKET: store.bucket,
    R2_ACCESS_KEY_ID: store.accessKeyId,
    R2_SECRET_ACCESS_KEY: store.secretAccessKey,
  };
}

test('G13: db accept-restore shows what it would do, and does it only when told to', async () => {
  await using store = await useObjectStore();
  await using database = await ownDatabase();
  const env = environmentOf(database, store);
  await runCommand(DbMigrate, [], { env });
  const shown = await runCommand(DbAcceptRestore, [], { env, typed: 'n', columns: 80 });
  expect(shown).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('nothing needs to be') });
  for (const line of shown.stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(await runCommand(DbAcceptRestore, [], { env })).toMatchObject({ exitCode: 2, stdout: '' });
  const json = await runCommand(DbAcceptRestore, ['--dry-run', '--json'], { env });
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toMatchObject({ mark: null, behind: false });
});

test('G13: db accept-restore of a database that was outrun moves its epochs past the mark', async () => {
  await using store = await useObjectStore();
  await using original = await ownDatabase();
  const env = environmentOf(original, store);
  await runCommand(DbMigrate, [], { env });
  // Binds the database, so that its copy has the same identity.
  await runCommand(DbAcceptRestore, ['--dry-run'], { env });
  await using restored = await ownDatabase(original.name);
  // What the original goes on to mark, its copy does not know.
  const marked = JSON.parse((await runCommand(DbAcceptRestore, ['--yes', '--json'], { env })).stdout);

  const copy = { env: environmentOf(restored, store) };
  const shown = await runCommand(DbAcceptRestore, ['--dry-run', '--json'], copy);
  expect(JSON.parse(shown.stdout)).toMatchObject({ mark: marked.epoch, behind: true });
  const ran = await runCommand(DbAcceptRestore, ['--yes'], copy);
  expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Epochs go on from \d+\.\n$/) });
  expect(Number(/\d+/.exec(ran.stdout)?.[0])).toBeGreaterThan(marked.epoch);
  const after = await runCommand(DbAcceptRestore, ['--dry-run', '--json'], copy);
  expect(JSON.parse(after.stdout)).toMatchObject({ behind: false });
});
