import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DatabaseHealth } from '../../../src/sdk/database/health.js';
import { DatabaseContents, neededRights } from '../../../src/sdk/database/health-rows.js';
import { AdvisoryLocks } from '../../../src/sdk/database/locks.js';
import { Notifications } from '../../../src/sdk/database/notifications.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const soon = () => AbortSignal.timeout(8_000);
const health = (url = database.url) => new DatabaseHealth({ pooled: url, direct: url });

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

test('a database says its version, that it takes writes, and which one it is', async () => {
  const [first, second] = [await health().reach('pooled', soon()), await health().reach('direct', soon())];
  expect(first).toMatchObject({ reached: true, standby: false, version: expect.any(Number) });
  expect(second).toEqual(first);
  await using other = await testDatabase();
  const elsewhere = await health(other.url).reach('direct', soon());
  expect(elsewhere).not.toMatchObject({ identity: first.reached ? first.identity : '' });
});

test('a refusal carries the code of PostgreSQL, and none where nobody answers', async () => {
  const missing = changed((url) => (url.pathname = '/no_such_database'));
  expect(await health(missing).reach('pooled', soon())).toMatchObject({ reached: false, sqlState: '3D000' });
  const nobody = changed((url) => (url.port = '9'));
  expect(await health(nobody).reach('pooled', soon())).toMatchObject({ reached: false, sqlState: null });
});

test('migrations are those of the database and those of this version; an empty database has none', async () => {
  const { applied, known } = await health().migrations(soon());
  expect(applied).toEqual(known);
  await using empty = await testDatabase({ empty: true });
  expect(await health(empty.url).migrations(soon())).toEqual({ applied: [], known });
});

test('the clock is the database’s own, and a replaced valet_now() shows', async () => {
  const clock = await health().clock(soon());
  expect(Math.abs(clock.aheadMs)).toBeLessThan(1_000 + clock.uncertainMs);
  expect(clock.movedMs).toBe(0);
  await using moved = await testDatabase();
  await moved.travel('1 hour');
  expect(await health(moved.url).clock(soon())).toMatchObject({ movedMs: 3_600_000 });
});

test('rights that are missing are named; the owner has all', async () => {
  expect(await new DatabaseContents(database.url).missingRights(soon())).toEqual([]);
  await using poor = await testDatabase();
  const role = new URL(poor.url).pathname.slice(1);
  await poor.db.query(`create role ${role} login password 'only-for-the-test';
    grant select on all tables in schema public to ${role};
    grant usage on sequence epochs to ${role}`);
  const asPoor = new URL(poor.url);
  asPoor.username = role;
  asPoor.password = 'only-for-the-test';
  const missing = await new DatabaseContents(asPoor.href).missingRights(soon());
  await poor.db.query(`drop owned by ${role}; drop role ${role}`);
  expect(missing).toEqual(expect.arrayContaining(['insert projects', 'update machines', 'select epochs']));
  expect(missing).not.toContain('select projects');
});

test('every right that a statement of Valet takes is asked about', async () => {
  const folder = fileURLToPath(new URL('../../../src/sdk/database/', import.meta.url));
  const texts = await Promise.all(
    globSync('*.ts', { cwd: folder }).map((file) => readFile(`${folder}${file}`, 'utf8')),
  );
  const tables = [...new Set(neededRights.map(({ table }) => table))];
  const forms = { select: 'from|join', insert: 'insert into', update: 'update', delete: 'delete from' };
  const used = tables.flatMap((table) =>
    Object.entries(forms).flatMap(([verb, form]) =>
      texts.some((text) => new RegExp(`(?<!delete )\\b(?:${form}) ${table}\\b`).test(text)) ? [`${verb} ${table}`] : [],
    ),
  );
  const asked = neededRights.map(({ table, verb }) => `${verb} ${table}`);
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((right) => !asked.includes(right))).toEqual([]);
});

test('locks are seen with who holds them, and each instance by its listening', async () => {
  const contents = new DatabaseContents(database.url);
  expect(await contents.atWork([101, 102], soon())).toEqual({ locks: [], listeners: 0 });
  await using locks = new AdvisoryLocks(database.url);
  await using news = new Notifications(database.url);
  await news.open();
  await locks.tryRun(101, async () => {
    const { locks: held, listeners } = await contents.atWork([101, 102], soon());
    expect(held).toEqual([expect.objectContaining({ lock: 101, application: expect.stringContaining('valet') })]);
    expect(listeners).toBe(1);
  });
});
