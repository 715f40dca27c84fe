import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { emptied, newMachineRow, ownPool, region, type TestRows, testRows } from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
beforeEach(async () => {
  await emptied(rows);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const place = { region, image: ownPool.image };
const fail = (where = place) => rows.pool.breakers.failed(where, 'replenish@a', 'no room');

async function open(): Promise<void> {
  for (let n = 0; n < 3; n++) await fail();
}

/** Seconds until a probe is due. */
async function pauseSecs(): Promise<number> {
  const [row] = await rows.database.db.query<{ secs: number }>(
    `select extract(epoch from retry_at - valet_now())::float8 as secs from pool_breakers`,
  );
  return row?.secs ?? Number.NaN;
}

async function openRegions() {
  return (await rows.pool.members.snapshot(ownPool)).openBreakers;
}

async function events(): Promise<string[]> {
  const all = await rows.database.db.query<{ what: string }>('select what from events order by id');
  return all.map(({ what }) => what);
}

/** Wants to make the probe that is due; answers whether the row was made. */
async function probe(): Promise<boolean> {
  const orders = { insert: [newMachineRow()], probes: [region], retire: [] };
  return (await rows.pool.members.act(ownPool, () => orders, 'replenish@a')).rows.length === 1;
}

it('opens with the third failure in a row, and says so once', async () => {
  await fail();
  await fail();
  expect(await openRegions()).toEqual([]);
  await fail();
  expect(await openRegions()).toEqual([{ region, probeDue: false }]);
  await fail();
  expect(await events()).toEqual(['breaker_opened']);
  expect(await rows.pool.breakers.list()).toMatchObject([{ ...place, failures: 4, last_error: 'no room' }]);
});

it('a success in between begins the count anew', async () => {
  await fail();
  await fail();
  await rows.pool.breakers.succeeded(place, 'replenish@a');
  await fail();
  await fail();
  expect(await openRegions()).toEqual([]);
  expect(await events()).toEqual([]);
});

it('failures of another region or another image are not counted here', async () => {
  await fail({ ...place, region: 'fra' });
  await fail({ ...place, image: 'older' });
  await fail();
  expect((await rows.pool.breakers.list()).map(({ failures }) => failures)).toEqual([1, 1, 1]);
  expect(await openRegions()).toEqual([]);
});

it('waits a minute, then twice as long after each probe that fails, an hour at most', async () => {
  await open();
  const pauses: number[] = [];
  for (let n = 0; n < 9; n++) {
    pauses.push(await pauseSecs());
    await rows.database.travel(`${pauses.at(-1)} seconds`);
    expect(await openRegions()).toEqual([{ region, probeDue: true }]);
    await fail();
  }
  // What passes here meanwhile is doubled with the rest, so only the ratio is exact.
  const expected = [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600];
  expect(pauses.map((secs, n) => Math.round((10 * secs) / (expected[n] ?? 0)))).toEqual(expected.map(() => 10));
});

it('many that fail together lengthen the pause but once', async () => {
  await Promise.all(Array.from({ length: 20 }, () => fail()));
  expect(Math.round(await pauseSecs())).toBe(60);
  expect(await rows.pool.breakers.list()).toMatchObject([{ failures: 20 }]);
});

it('of all instances that want to make the probe that is due, one does', async () => {
  await open();
  expect(await probe()).toBe(false);
  await rows.database.travel('60 seconds');
  const probes = await Promise.all(Array.from({ length: 6 }, () => probe()));
  expect(probes.filter(Boolean)).toHaveLength(1);
  // Whose outcome nobody ever told counts as one that failed.
  await rows.database.travel('61 seconds');
  expect(await probe()).toBe(false);
  await rows.database.travel('61 seconds');
  expect(await probe()).toBe(true);
});

it('a success closes it and says so', async () => {
  await open();
  await rows.pool.breakers.succeeded(place, 'request@b');
  expect(await openRegions()).toEqual([]);
  expect(await rows.pool.breakers.list()).toEqual([]);
  expect(await events()).toEqual(['breaker_opened', 'breaker_closed']);
});
