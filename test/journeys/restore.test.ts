import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { databaseOf } from '../support/project-database.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let one: Instance;
let two: Instance;
/** Asleep when a test begins, with two archives: one of `first`, the current one of `second`. */
let sleeper: Sleeper;
let first: string;
let second: string;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, two);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  one.calls.intervene(() => undefined);
  number += 1;
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
  first = await archivedWith('first');
  await sleeper.wakeUp();
  second = await archivedWith('second');
});

async function archivedWith(text: string): Promise<string> {
  await platform.visit(sleeper.id, '/kv/text', { method: 'PUT', body: text });
  return (await one.valet.projects.archive(sleeper.id)).archive?.id ?? '';
}

async function text(): Promise<string> {
  return (await platform.visit(sleeper.id, '/kv/text')).text();
}

async function lose(): Promise<void> {
  await platform.database.db.query(`update projects set state = 'lost' where id = $1`, [sleeper.id]);
}

async function keyOf(archiveId: string): Promise<string> {
  const [row] = await platform.database.db.query<{ r2_key: string }>('select r2_key from archives where id = $1', [
    archiveId,
  ]);
  return row?.r2_key ?? '';
}

async function objectOf(archiveId: string): Promise<Uint8Array> {
  const url = await platform.store.downloadUrl(await keyOf(archiveId), { expiresInSecs: 60 });
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function overwrite(archiveId: string, bytes: Uint8Array): Promise<void> {
  const url = await platform.store.uploadUrl(await keyOf(archiveId), { expiresInSecs: 60 });
  await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
}

test('a dormant project is awake again with the data of the archive that was chosen', async () => {
  const before = await sleeper.row();
  const project = await one.valet.projects.restore(sleeper.id, { archive_id: first });
  expect(project).toMatchObject({ state: 'active', archive: { id: first } });
  expect(project.epoch).toBeGreaterThan(before.epoch);
  expect(await text()).toBe('first');
  expect(await sleeper.events()).toContain('archive_chosen');
  expect((await sleeper.events()).at(-1)).toBe('activated');
});

test('a lost project comes back from its current archive when none is named', async () => {
  await lose();
  await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'project_lost' });
  expect((await two.valet.projects.restore(sleeper.id)).state).toBe('active');
  expect(await text()).toBe('second');
});

test('a lost project without an archive says that there is nothing to restore', async () => {
  await platform.database.db.query(`update projects set state = 'lost', current_archive_id = null where id = $1`, [
    sleeper.id,
  ]);
  await platform.database.db.query(
    'update archives set deleting_at = valet_now(), deleted_at = valet_now() where project_id = $1',
    [sleeper.id],
  );
  await expect(one.valet.projects.restore(sleeper.id)).rejects.toMatchObject({
    code: 'project_lost',
    message: expect.stringContaining('no archive'),
  });
});

test('a project in use is not restored over: the answer says to archive it first', async () => {
  await sleeper.wakeUp();
  const refused = one.valet.projects.restore(sleeper.id, { archive_id: first });
  await expect(refused).rejects.toMatchObject({
    code: 'transition_refused',
    hint: expect.stringContaining('Archive it'),
  });
  expect(await text()).toBe('second');
});

test('an archive that is not there, not its own, or going is refused, with one that could be had', async () => {
  const stranger = await new Sleeper(platform, one, `stranger-${number}`).create();
  const strangers = (await one.valet.projects.archive(stranger.id)).archive?.id ?? '';
  await platform.database.db.query('update archives set deleting_at = valet_now() where id = $1', [first]);
  const before = await sleeper.row();
  for (const id of ['never-was', strangers, first]) {
    await expect(one.valet.projects.restore(sleeper.id, { archive_id: id })).rejects.toMatchObject({
      code: id === first ? 'transition_refused' : 'not_found',
      hint: expect.stringContaining(second),
    });
  }
  expect(await sleeper.row()).toEqual(before);
  // The object is there in truth: what the test has marked is unmarked for the invariants.
  await platform.database.db.query('update archives set deleting_at = null where id = $1', [first]);
});

describe('a bad archive', () => {
  const swaps: readonly [string, () => Promise<Uint8Array>][] = [
    ['cut short', async () => (await objectOf(second)).subarray(0, 4096)],
    ['an empty SQLite file', async () => databaseOf('CREATE TABLE once (id INTEGER)', 'DROP TABLE once')],
    ['an older archive of the same project', () => objectOf(first)],
  ];

  test('G1: that is not in the store wakes nothing, and the failure names it', async () => {
    const whole = await objectOf(second);
    await platform.store.delete(await keyOf(second));
    await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
    const [event] = (await one.valet.projects.events(sleeper.id, { limit: 1 })).events;
    expect(event).toMatchObject({ what: 'wake_put_back', why: expect.stringContaining(`Archive ${second}`) });
    await overwrite(second, whole);
  });

  test.each(swaps)('G1: that is %s wakes nothing; an older one can be restored', async (_, swap) => {
    const whole = await objectOf(second);
    await overwrite(second, await swap());
    await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
    expect(await sleeper.row()).toMatchObject({ state: 'dormant', current_archive_id: second, wake_failures: 1 });
    const [event] = (await one.valet.projects.events(sleeper.id)).events;
    expect(event).toMatchObject({ what: 'wake_put_back', why: expect.stringContaining(second) });
    await one.valet.projects.restore(sleeper.id, { archive_id: first });
    expect(await text()).toBe('first');
    expect(await sleeper.row()).toMatchObject({ wake_failures: 0, wake_retry_secs: null });
    await overwrite(second, whole);
  });

  test('G1: whose key and checksum are another project’s does not become this project', async () => {
    const stranger = await new Sleeper(platform, one, `stranger-${number}`).create();
    const strangers = (await one.valet.projects.archive(stranger.id)).archive?.id ?? '';
    const { db } = platform.database;
    await db.query(`update archives set r2_key = r2_key || '-moved' where id = $1`, [strangers]);
    await db.query(
      `update archives a set r2_key = replace(s.r2_key, '-moved', ''), r2_checksum = s.r2_checksum from archives s
        where a.id = $1 and s.id = $2`,
      [second, strangers],
    );
    await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
    expect((await sleeper.row()).state).toBe('dormant');
    await one.valet.projects.restore(sleeper.id, { archive_id: first });
    expect(await text()).toBe('first');
    await db.query(`delete from projects where id = $1`, [stranger.id]);
  });

  test('each failure puts the next try off for longer; an operator’s wake does not wait for it', async () => {
    const whole = await objectOf(second);
    await overwrite(second, whole.subarray(0, 4096));
    const delays: number[] = [];
    for (let times = 0; times < 3; times++) {
      await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
      delays.push(Math.round((await sleeper.row()).wake_retry_secs ?? 0));
    }
    expect(delays).toEqual([5, 10, 20]);
    await overwrite(second, whole);
    expect((await one.valet.projects.wake(sleeper.id)).state).toBe('active');
  });
});

test('a restore whose wake fails leaves a lost project lost, and says so', async () => {
  await lose();
  const whole = await objectOf(first);
  await overwrite(first, whole.subarray(0, 4096));
  await expect(one.valet.projects.restore(sleeper.id, { archive_id: first })).rejects.toMatchObject({
    code: 'wake_failed',
    message: expect.stringContaining(`was not restored from archive ${first}`),
    hint: expect.stringMatching(/^It is lost as before/),
  });
  expect(await sleeper.row()).toMatchObject({ state: 'lost', current_archive_id: first });
  await overwrite(first, whole);
  await one.valet.projects.restore(sleeper.id, { archive_id: second });
  expect(await text()).toBe('second');
});

test('two restores at once end with one machine and the data of one of them', async () => {
  const outcomes = await Promise.allSettled([
    one.valet.projects.restore(sleeper.id, { archive_id: first }),
    two.valet.projects.restore(sleeper.id, { archive_id: second }),
  ]);
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  const chosen = (await sleeper.row()).current_archive_id;
  expect(await text()).toBe(chosen === first ? 'first' : 'second');
  expect(await checkInvariants(platform)).toEqual([]);
});
