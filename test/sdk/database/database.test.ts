import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database, isUniqueViolation, translated } from '../../../src/sdk/database/database.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const away = 'postgres://somebody:hunter2@127.0.0.1:1/none';

it('a database that is away is database_unavailable, with what to check and when to try again', async () => {
  const db = new Database({ url: away });
  const unavailable = {
    code: 'database_unavailable',
    retryAfterSecs: 5,
    hint: expect.stringContaining('DATABASE_URL'),
  };
  await expect(db.query('select 1')).rejects.toMatchObject(unavailable);
  await expect(db.transaction(async () => undefined)).rejects.toMatchObject(unavailable);
  await db.close();
});

it('G12: the password is in no error', async () => {
  const db = new Database({ url: away });
  const error = await db.query('select 1').catch((thrown: unknown) => thrown);
  expect(JSON.stringify([error, String(error)])).not.toContain('hunter2');
  await db.close();
});

it('a wrong password or an unknown database is unavailable too', async () => {
  const noDatabase = new URL(database.url);
  noDatabase.pathname = '/no_such_database';
  const noUser = new URL(database.url);
  noUser.username = 'nobody';
  for (const url of [noDatabase, noUser]) {
    const db = new Database({ url: url.href });
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'database_unavailable' });
    await db.close();
  }
});

it('a socket’s error is not taken for a refusal by PostgreSQL, though EPIPE looks like an SQLSTATE', () => {
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  expect(translated(broken)).toMatchObject({ code: 'database_unavailable', cause: broken });
});

it('what PostgreSQL refuses stays as it is, and a missing table means that migrations are missing', async () => {
  const twice = `insert into idempotency_keys values ('k', 'r', 'p'), ('k', 'r', 'p')`;
  const error = await database.db.query(twice).catch((thrown: unknown) => thrown);
  expect(isUniqueViolation(error, 'idempotency_keys_pkey')).toBe(true);
  expect(isUniqueViolation(error, 'another')).toBe(false);
  await expect(database.db.query('select * from nowhere')).rejects.toMatchObject({ code: 'database_not_migrated' });
});

it('a transaction commits all or nothing', async () => {
  const { db } = database;
  const insert = `insert into idempotency_keys values ($1, 'r', 'p')`;
  const fault = new TypeError('a bug, not the database');
  const failing = db.transaction(async (transaction) => {
    await transaction.query(insert, ['a']);
    throw fault;
  });
  await expect(failing).rejects.toBe(fault);
  expect(await db.query('select 1 from idempotency_keys')).toEqual([]);
  expect(await db.transaction((transaction) => transaction.query(`${insert} returning key_hash`, ['b']))).toEqual([
    { key_hash: 'b' },
  ]);
  expect(await db.query('select key_hash from idempotency_keys')).toEqual([{ key_hash: 'b' }]);
});

it('G8: a connection that dies in the middle of a transaction fails that transaction and nothing else', async () => {
  const dying = database.db.transaction(async (transaction) => {
    const [self] = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.db.query('select pg_terminate_backend($1)', [self?.pid]);
    await transaction.query('select 1');
  });
  await expect(dying).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await database.db.query('select 1 as one')).toEqual([{ one: 1 }]);
});

it('epochs and sizes are numbers', async () => {
  expect(await database.db.query(`select nextval('epochs') as epoch, 9007199254740991::bigint as large`)).toEqual([
    { epoch: expect.any(Number), large: Number.MAX_SAFE_INTEGER },
  ]);
});

it('closing at the same time and again does no harm', async () => {
  const db = new Database({ url: database.url });
  await db.query('select 1');
  await Promise.all([db.close(), db.close()]);
  await db.close();
  await expect(db.query('select 1')).rejects.toMatchObject({ code: 'database_unavailable' });
});

it.each([true, false])(
  'a named statement is kept by its connection only where that was said to be possible: %s',
  async (keepsStatements) => {
    const db = new Database({ url: database.url, maxConnections: 1, keepsStatements });
    await db.query('select $1::int as one', [1], { name: 'one' });
    const kept = await db.query<{ name: string }>('select name from pg_prepared_statements');
    expect(kept).toEqual(keepsStatements ? [{ name: 'one' }] : []);
    await db.close();
  },
);
