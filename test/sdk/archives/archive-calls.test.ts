import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instance } from '../../support/instance.js';
import { databaseOf, sha256Of } from '../../support/project-database.js';
import { Sleeper } from '../../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;
let sleeper: Sleeper;
/** Its archives, the newest first. */
let archives: string[];

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
  sleeper = await new Sleeper(platform, instance, 'sleeper').create();
  archives = [];
  for (const _ of [1, 2, 3]) {
    await sleeper.wakeUp();
    archives.unshift((await instance.valet.projects.archive(sleeper.id)).archive?.id ?? '');
  }
});
afterAll(() => platform?.[Symbol.asyncDispose]());

const calls = () => instance.valet.archives;

async function rowOf(id: string) {
  const [row] = await platform.database.db.query<{ r2_key: string; verified: boolean }>(
    'select r2_key, verified_at is not null as verified from archives where id = $1',
    [id],
  );
  if (!row) throw new Error(`There is no archive ${id}.`);
  return row;
}

async function put(id: string, bytes: Uint8Array): Promise<void> {
  const url = await platform.store.uploadUrl((await rowOf(id)).r2_key, { expiresInSecs: 60 });
  await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
}

async function readWhole(id: string): Promise<Buffer> {
  return buffer((await calls().read(id)).body);
}

/** With other bytes in its place, and the right ones back again afterwards. */
async function whileItHolds(id: string, bytes: Uint8Array, work: () => Promise<void>): Promise<void> {
  const whole = await readWhole(id);
  await put(id, bytes);
  await work();
  await put(id, whole);
}

test('the list has what could be restored, the newest first, in pages, and says which is current', async () => {
  const first = await calls().list(sleeper.id, { limit: 2 });
  expect(first).toMatchObject({ current: archives[0], archives: archives.slice(0, 2).map((id) => ({ id })) });
  const second = await calls().list(sleeper.id, { limit: 2, cursor: first.next_cursor ?? '' });
  expect(second).toMatchObject({ archives: [{ id: archives[2] }], next_cursor: null });
  await expect(calls().list(sleeper.id, { cursor: 'x' })).rejects.toMatchObject({ code: 'request_invalid' });
  await expect(calls().list('never-was')).rejects.toMatchObject({ code: 'project_not_found' });
});

test('G1: an archive is proven again, and the row and the history say when', async () => {
  const [id = ''] = archives;
  const proof = await calls().verify(id);
  expect(proof).toMatchObject({ proven: true, project_id: sleeper.id, finding: null, tables: { _valet: 1 } });
  expect(proof.sha256).toBe(sha256Of(await readWhole(id)));
  expect((await rowOf(id)).verified).toBe(true);
  const [event] = (await instance.valet.projects.events(sleeper.id, { limit: 1 })).events;
  expect(event).toMatchObject({
    what: 'archive_verified',
    actor: `operator@${instance.name}`,
    why: expect.stringContaining(id),
  });
});

test.each([
  ['cut short', async (whole: Buffer) => whole.subarray(0, 4096)],
  ['an empty database', async () => databaseOf('CREATE TABLE once (id INTEGER)', 'DROP TABLE once')],
  ['changed in one byte', async (whole: Buffer) => whole.with(whole.length - 1, (whole.at(-1) ?? 0) ^ 1)],
])('G1: an object that is %s is told as an answer, and as an event', async (_, change) => {
  const [, id = ''] = archives;
  await whileItHolds(id, await change(await readWhole(id)), async () => {
    const proof = await calls().verify(id);
    expect(proof).toMatchObject({ proven: false, sha256: null, finding: expect.stringContaining('should be') });
    const [event] = (await instance.valet.projects.events(sleeper.id, { limit: 1 })).events;
    expect(event).toMatchObject({ what: 'archive_refuted', why: expect.stringContaining(id) });
  });
  expect(await calls().verify(id)).toMatchObject({ proven: true });
});

test('an object that is gone is a finding when it is verified, and not found when it is read', async () => {
  const [, , id = ''] = archives;
  const whole = await readWhole(id);
  await platform.store.delete((await rowOf(id)).r2_key);
  expect(await calls().verify(id)).toMatchObject({
    proven: false,
    finding: expect.stringContaining('nothing at its key'),
  });
  await expect(calls().read(id)).rejects.toMatchObject({ code: 'not_found' });
  await put(id, whole);
});

test('a store that is away is an error, and no finding', async () => {
  const [id = ''] = archives;
  instance.calls.intervene((call) => (call.startsWith('store:') ? 'refuse' : undefined));
  await expect(calls().verify(id)).rejects.toMatchObject({ code: 'store_failed' });
  await expect(calls().read(id)).rejects.toMatchObject({ code: 'store_failed' });
  instance.calls.intervene(() => undefined);
});

test('what is read is the SQLite file, byte for byte', async () => {
  const { archive, body } = await calls().read(archives[0] ?? '');
  const bytes = await buffer(body);
  expect(bytes.subarray(0, 15).toString()).toBe('SQLite format 3');
  expect({ size: bytes.byteLength, sha256: sha256Of(bytes) }).toEqual({
    size: archive.size_bytes,
    sha256: archive.r2_checksum,
  });
});

test('G1: reading other bytes ends with an error, and giving up early with none', async () => {
  const [, id = ''] = archives;
  const whole = await readWhole(id);
  await whileItHolds(id, whole.with(50, whole[50] === 0 ? 1 : 0), async () => {
    await expect(readWhole(id)).rejects.toMatchObject({ code: 'archive_unproven' });
    for await (const _ of (await calls().read(id)).body) break;
  });
});

test('an archive that is going, gone, or was never proven cannot be read or proven', async () => {
  const { db } = platform.database;
  await db.query(`insert into archives (id, project_id, epoch, r2_key) values ('attempt', $1, 1, 'k1')`, [sleeper.id]);
  await db.query(`update archives set deleting_at = valet_now() where id = $1`, [archives[2]]);
  for (const id of ['attempt', archives[2] ?? '']) {
    expect(await calls().verify(id)).toMatchObject({ proven: false });
    await expect(calls().read(id)).rejects.toMatchObject({ code: 'not_found' });
  }
  expect((await calls().list(sleeper.id)).archives.map(({ id }) => id)).toEqual(archives.slice(0, 2));
  await expect(calls().verify('never-was')).rejects.toMatchObject({ code: 'not_found' });
});
