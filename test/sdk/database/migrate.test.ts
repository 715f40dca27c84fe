import { expect, it } from 'vitest';
import { Database } from '../../../src/sdk/database/database.js';
import { assertMigrated, migrate, migrationStatus } from '../../../src/sdk/database/migrate.js';
import { testDatabase } from '../../support/database.js';

it('brings an empty database up to date and then has nothing to do', async () => {
  await using database = await testDatabase({ empty: true });
  const first = await migrate(database.url);
  const second = await migrate(database.url);
  expect(first.applied).toContain('0001_foundation');
  expect(second).toEqual({ applied: [], version: first.version });
});

it('applies each migration once when two instances start at the same time', async () => {
  await using database = await testDatabase({ empty: true });
  const results = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  expect(results.flatMap((result) => result.applied).toSorted()).toEqual([
    ...(await migrationStatus(database.url)).applied,
  ]);
});

it('tells what is pending and changes nothing by telling', async () => {
  await using database = await testDatabase({ empty: true });
  const status = await migrationStatus(database.url);
  expect(status).toEqual({ applied: [], pending: expect.arrayContaining(['0001_foundation']) });
  expect(await database.db.query(`select 1 from pg_tables where schemaname = 'public'`)).toEqual([]);
});

it('refuses to start on a database that is not migrated, and says what to run', async () => {
  await using database = await testDatabase({ empty: true });
  await expect(assertMigrated(database.db)).rejects.toMatchObject({
    code: 'database_not_migrated',
    hint: expect.stringContaining('valet db migrate'),
  });
});

it('says that the database does not answer when it does not', async () => {
  await expect(migrate('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'database_unavailable' });
  const away = new Database({ url: 'postgres://nobody@127.0.0.1:1/none' });
  await expect(away.query('select 1')).rejects.toMatchObject({ code: 'database_unavailable' });
  await away.close();
});
