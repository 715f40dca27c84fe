import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { PostgresCreateLimit } from '../../../src/sdk/database/create-limit.js';
import { CreateSlots } from '../../../src/sdk/database/create-slots.js';
import { Database } from '../../../src/sdk/database/database.js';
import { IdempotencyTable } from '../../../src/sdk/database/idempotency.js';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { creatingProject, emptied, everything, guardOf, owner, type TestRows, testRows } from '../../support/rows.js';

let rows: TestRows;
let keys: IdempotencyTable;
beforeAll(async () => {
  rows = await testRows();
});
beforeEach(async () => {
  await emptied(rows);
  keys = new IdempotencyTable(rows.database.db);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const key = { keyHash: 'key', requestHash: 'request' };

function insert(id: string, idempotency: typeof key | undefined = key) {
  const wanted = { id: parseProjectId(id), region: 'sjc', deployKeySealed: 'sealed', owner };
  return rows.projects.insertCreating({ ...wanted, idempotency });
}

it('a key leads to the project that it made', async () => {
  expect(await keys.find('key')).toBeUndefined();
  await insert('demo');
  expect(await keys.find('key')).toEqual({ requestHash: 'request', projectId: 'demo' });
});

it('of many requests with one key at the same time, one makes a project and the others make none', async () => {
  for (let round = 0; round < 10; round++) {
    const keyed = { ...key, keyHash: `key-${round}` };
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => insert(`${name}-${round}`, keyed)));
    const projects = made.flatMap((outcome) => (typeof outcome === 'string' ? [] : [outcome.id]));
    expect(projects).toHaveLength(1);
    expect(made.filter((outcome) => outcome === 'key_in_use')).toHaveLength(3);
    expect(await keys.find(keyed.keyHash)).toMatchObject({ projectId: projects[0] });
  }
  expect(await rows.database.db.query('select id from projects')).toHaveLength(10);
});

it('a taken id changes nothing and ties no key', async () => {
  await creatingProject(rows, 'demo');
  const before = await everything(rows);
  expect(await insert('demo')).toBe('taken');
  expect(await everything(rows)).toEqual(before);
});

it('of many who want one id at the same time, one gets it', async () => {
  const made = await Promise.all([1, 2, 3, 4].map(() => insert('wanted', undefined)));
  expect(made.filter((outcome) => outcome === 'taken')).toHaveLength(3);
});

it('a key is good for 24 hours and may then be used again', async () => {
  await insert('demo');
  await rows.database.travel('23 hours 59 minutes');
  expect(await keys.find('key')).toMatchObject({ projectId: 'demo' });
  await rows.database.travel('2 minutes');
  expect(await keys.find('key')).toBeUndefined();
  expect(await insert('another')).toMatchObject({ id: 'another' });
});

it('a creation that was rolled back frees its key', async () => {
  await rows.projects.rollBack(guardOf(await creatingProject(rows, 'other')), 'why');
  const project = await insert('demo');
  if (typeof project === 'string') throw new Error(project);
  await rows.projects.rollBack(guardOf(project), 'why');
  expect(await keys.find('key')).toBeUndefined();
  expect(await insert('demo')).toMatchObject({ id: 'demo' });
});

const client = '198.51.100.7';

/** One create from its begin to its end. */
async function created(limit: PostgresCreateLimit, from = client, counts = true) {
  const allowance = await limit.begin(from);
  await allowance.end(counts);
  return allowance.state;
}

it('the fourth create in a burst is refused and told when to come back, whichever instance counts', async () => {
  const elsewhere = new Database({ url: rows.database.url });
  const [one, two] = [new PostgresCreateLimit(rows.database.db), new PostgresCreateLimit(elsewhere)] as const;
  expect(await created(one)).toMatchObject({ limit: 3, remaining: 2 });
  await created(two);
  expect(await created(one)).toMatchObject({ limit: 3, remaining: 0 });
  const refused = { code: 'rate_limited', details: { limit: 3, window_secs: 10 } };
  const refusal = await created(two).catch((thrown: unknown) => thrown);
  expect(refusal).toMatchObject({ ...refused, retryAfterSecs: expect.any(Number) });
  expect(refusal).toHaveProperty(
    'retryAfterSecs',
    expect.toSatisfy((secs: number) => secs >= 1 && secs <= 10),
  );
  expect(await created(two, '198.51.100.8'), 'another client').toMatchObject({ remaining: 2 });
  await elsewhere.close();
});

it('six creates in a quarter of an hour and fifteen in an hour are the most', async () => {
  const limit = new PostgresCreateLimit(rows.database.db);
  const { db } = rows.database;
  const over = (window: string) => db.query(`delete from create_limits where key like $1`, [`${window}:%`]);
  for (let nth = 1; nth <= 15; nth++) {
    await created(limit);
    if (nth % 3 === 0) await over('burst');
    if (nth === 6) await expect(created(limit)).rejects.toMatchObject({ details: { limit: 6, window_secs: 900 } });
    if (nth % 6 === 0) await over('%');
    if (nth % 6 === 0) await db.query(`insert into create_limits values ($1, $2, $3)`, [`hour:${client}`, nth, 9e15]);
  }
  await over('burst');
  await expect(created(limit)).rejects.toMatchObject({ details: { limit: 15, window_secs: 3600 } });
});

it('a client has three creates under way, whichever instances do them, and a fourth when one of them is over', async () => {
  const elsewhere = new Database({ url: rows.database.url });
  const [one, two] = [new PostgresCreateLimit(rows.database.db), new PostgresCreateLimit(elsewhere)] as const;
  const [first] = [await one.begin(client), await two.begin(client), await one.begin(client)];
  await rows.database.db.query(`delete from create_limits where key like 'burst:%'`);
  await expect(two.begin(client)).rejects.toMatchObject({ code: 'rate_limited', retryAfterSecs: 5 });
  await two.begin('198.51.100.8');
  await first.end(true);
  expect(await two.begin(client)).toMatchObject({ state: { limit: 3, remaining: 2 } });
  await elsewhere.close();
});

it('the places of an instance that died are free after the time that a create may take', async () => {
  const limit = new PostgresCreateLimit(rows.database.db);
  for (let nth = 0; nth < 3; nth++) await limit.begin(client);
  await rows.database.db.query(`delete from create_limits where key like 'burst:%'`);
  await expect(limit.begin(client)).rejects.toMatchObject({ code: 'rate_limited' });
  await rows.database.travel('17 minutes');
  expect(await limit.begin(client)).toMatchObject({ state: { remaining: 2 } });
});

it('a place that an instance took with it into its death is free again, however busy its client is', async () => {
  const slots = new CreateSlots(rows.database.db, 2);
  expect(await slots.take('busy')).toBe(true);
  const couldTakeAnother: boolean[] = [];
  for (let sixMinutes = 0; sixMinutes < 3; sixMinutes++) {
    await rows.database.travel('6 minutes');
    expect(await slots.take('busy')).toBe(true);
    const another = await slots.take('busy');
    couldTakeAnother.push(another);
    if (another) await slots.free('busy');
    await slots.free('busy');
  }
  expect(couldTakeAnother).toEqual([false, false, true]);
});

it('creates that failed through no fault of the client count against the burst alone', async () => {
  const limit = new PostgresCreateLimit(rows.database.db);
  for (let nth = 0; nth < 3; nth++) await created(limit, client, false);
  await expect(created(limit)).rejects.toMatchObject({ details: { window_secs: 10 } });
  await rows.database.db.query(`delete from create_limits where key like 'burst:%'`);
  for (let nth = 0; nth < 3; nth++) await created(limit);
  await rows.database.db.query(`delete from create_limits where key like 'burst:%'`);
  for (let nth = 0; nth < 3; nth++) await created(limit);
  await expect(created(limit)).rejects.toMatchObject({ details: { window_secs: 10 } });
});

it('creates at the same time are all counted', async () => {
  const limit = new PostgresCreateLimit(rows.database.db);
  const begun = await Promise.allSettled(Array.from({ length: 8 }, () => limit.begin(client)));
  expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

it('when nobody can count, a create is refused rather than let through', async () => {
  const away = new Database({ url: 'postgres://nobody@127.0.0.1:1/none' });
  await expect(new PostgresCreateLimit(away).begin(client)).rejects.toMatchObject({ code: 'database_unavailable' });
  await away.close();
});
