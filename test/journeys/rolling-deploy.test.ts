import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { expectNothingMore } from '../support/repeat.js';
import { settle } from '../support/settle.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: '3' } });
});
beforeEach(async () => {
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready'`,
  );
});
afterAll(() => platform?.[Symbol.asyncDispose]());

const image = (version: number) => ({ VALET_FLY_IMAGE: `registry.fly.io/test:${version}` });

/** How many members are ready, by the version of their image. */
async function ready(): Promise<Record<string, number>> {
  const rows = await platform.database.db.query<{ version: string; count: number }>(
    `select split_part(image, ':', 2) as version, count(*) as count from machines where state = 'ready' group by 1`,
  );
  return Object.fromEntries(rows.map(({ version, count }) => [version, count]));
}

async function whole(instance: Instance): Promise<void> {
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
}

test('during a rolling deploy old and new instances do not give back each other’s members', async () => {
  await using old = await platform.controlPlane(image(1));
  await old.run('replenish');
  await using updated = await platform.controlPlane(image(2));
  expect(await old.valet.pool.replenish()).toMatchObject({ skipped: expect.stringContaining('started later') });
  expect(await ready()).toEqual({ 1: 3 });
  await updated.run('replenish');
  await updated.run('replenish');
  expect(await ready()).toEqual({ 2: 3 });
  await expectNothingMore(platform, [old, updated, old], ['replenish']);
  await whole(updated);
});

test('an old instance still claims what is left of its own, and the new one only what is new', async () => {
  await using old = await platform.controlPlane(image(1));
  await old.run('replenish');
  await using updated = await platform.controlPlane(image(2));
  const mine = await old.valet.projects.create({ id: 'on-old' });
  const theirs = await updated.valet.projects.create({ id: 'on-new' });
  const made = await platform.database.db.query<{ id: string; version: string; what: string }>(
    `select m.project_id as id, split_part(m.image, ':', 2) as version, e.what
       from machines m join events e on e.machine_id = m.id and e.what in ('claimed', 'machine_made')
      where m.state = 'assigned' order by 1`,
  );
  expect([mine.state, theirs.state]).toEqual(['active', 'active']);
  expect(made).toEqual([
    { id: 'on-new', version: '2', what: 'machine_made' },
    { id: 'on-old', version: '1', what: 'claimed' },
  ]);
  await whole(updated);
});

test('the pool is never empty while its members are replaced, even where the new image fails at first', async () => {
  await using old = await platform.controlPlane(image(1));
  await old.run('replenish');
  await using updated = await platform.controlPlane(image(2));
  platform.fly.faults.add({ call: 'create_machine', kind: 'refuse', row: '422-region-full', times: 2 });
  await updated.run('replenish').catch(() => undefined);
  const midway = await ready();
  expect(midway).toEqual({ 1: 2, 2: 1 });
  await updated.run('replenish');
  expect(await ready()).toEqual({ 2: 3 });
  await whole(updated);
});

test('after a rollback the older image is the current one again', async () => {
  await using updated = await platform.controlPlane(image(2));
  await updated.run('replenish');
  await using back = await platform.controlPlane(image(1));
  await back.run('replenish');
  await back.run('replenish');
  expect(await ready()).toEqual({ 1: 3 });
  expect((await updated.valet.pool.replenish()).skipped).not.toBeNull();
  await whole(back);
});

test('whoever has other targets in its environment neither shrinks the pool nor grows it: what was announced last holds', async () => {
  await using other = await platform.controlPlane({ ...image(1), WARM_POOL_SIZE: '0' });
  await using serving = await platform.controlPlane(image(1));
  await serving.run('replenish');
  expect(await other.valet.pool.replenish()).toMatchObject({ ready: [], failed: [] });
  expect(await ready()).toEqual({ 1: 3 });
  expect(await other.valet.pool.status()).toMatchObject({ target: 3, ready: 3, shortfall: 0 });
  await whole(serving);
});

test('a lowered target and a region that was dropped leave no members behind', async () => {
  await using before = await platform.controlPlane({ ...image(1), WARM_POOL_SIZE: 'sjc=2,fra=2' });
  await before.run('replenish');
  await using after = await platform.controlPlane({ ...image(1), WARM_POOL_SIZE: 'sjc=1' });
  await after.run('replenish');
  const { regions, members } = await after.valet.pool.status();
  expect(regions).toMatchObject([{ region: 'sjc', target: 1, ready: 1, shortfall: 0 }]);
  expect(members).toHaveLength(1);
  await whole(after);
});
