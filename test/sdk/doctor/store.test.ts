import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArchiveStore } from '../../../src/sdk/archives/store.js';
import { StoreProbe } from '../../../src/sdk/doctor/probes/store.js';
import { judgePresigned, judgeStore } from '../../../src/sdk/doctor/verdicts/store.js';
import { Connections } from '../../../src/sdk/http/connections.js';
import { type TestObjectStore, useObjectStore } from '../../support/object-store.js';
import { startScriptedServer } from '../../support/scripted-server.js';

const hour = 3_600_000;
const nowMs = 1_780_000_000_000;
const place = { endpoint: 'https://r2', bucket: 'b' };
const connections = new Connections({ connectTimeoutMs: 2_000 });
let objects: TestObjectStore;

beforeAll(async () => {
  objects = await useObjectStore();
});
afterAll(async () => {
  await objects[Symbol.asyncDispose]();
  await connections.close();
});

const soon = () => AbortSignal.timeout(8_000);
const probe = (store: ArchiveStore) => new StoreProbe({ store, connections, nowMs: () => nowMs });
const left = () => objects.store.list('valet/doctor/', { maxKeys: 100 });

test('an object goes in, comes back and is gone, both with the key and by presigned URLs', async () => {
  expect(await probe(objects.store).direct(soon())).toEqual({ refused: null, wrong: null, cleared: 0 });
  expect(await probe(objects.store).presigned(soon())).toEqual({ refused: null, wrong: null, cleared: 0 });
  expect(await left()).toEqual([]);
});

test('what a killed check left behind is taken away once it is an hour old, and nothing else', async () => {
  const [old, young, strange] = [`${nowMs - hour - 1}-a`, `${nowMs - hour + 1}-b`, 'notes'];
  for (const name of [old, young, strange]) await objects.store.put(`valet/doctor/${name}`, 'x');
  await objects.store.put('projects/demo/1', 'data');
  expect(await probe(objects.store).direct(soon())).toMatchObject({ cleared: 1 });
  expect(await left()).toEqual([`valet/doctor/${young}`, `valet/doctor/${strange}`]);
  expect(await objects.store.list('projects/', { maxKeys: 10 })).toEqual(['projects/demo/1']);
});

test('a wrong secret and a missing bucket are told apart', async () => {
  const wrongSecret = await probe(objects.connect({ secretAccessKey: 'wrong-secret' })).direct(soon());
  expect(judgeStore(place, wrongSecret)).toMatchObject({
    verdict: 'failure',
    mend: expect.stringContaining('R2_SECRET'),
  });
  const noBucket = await probe(objects.connect({ bucket: 'elsewhere' })).direct(soon());
  expect(judgeStore(place, noBucket)).toMatchObject({ found: expect.stringContaining('404 NoSuchBucket') });
});

test.each([
  ['RequestTimeTooSkewed', 'NTP'],
  ['AccessDenied', 'Object Read & Write'],
])('%s of a presigned URL says what to mend: %s', async (code, mend) => {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;
  await using server = await startScriptedServer(() => ({ status: 403, body }));
  await using store = opened(server.url);
  const verdict = judgePresigned(place, await probe(store.it).presigned(soon()));
  expect(verdict).toMatchObject({ verdict: 'failure', found: expect.stringContaining(`403 ${code}`) });
  expect(verdict).toMatchObject({ mend: expect.stringContaining(mend) });
});

test('a store that takes the object and never says so is asked to delete it all the same', async () => {
  const giveUp = new AbortController();
  await using server = await startScriptedServer(({ method }) => {
    if (method !== 'PUT') return { status: 204 };
    queueMicrotask(() => giveUp.abort(new Error('out of time')));
    return 'hang';
  });
  await using store = opened(server.url);
  await expect(probe(store.it).direct(giveUp.signal)).rejects.toThrow('out of time');
  const [put, removed] = server.seen;
  expect(put).toMatchObject({ method: 'PUT', path: expect.stringContaining('/b/valet/doctor/') });
  expect(removed).toMatchObject({ method: 'DELETE', path: put?.path });
});

function opened(endpoint: string) {
  const it = new ArchiveStore({ endpoint, bucket: 'b', accessKeyId: 'a', secretAccessKey: 's' });
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
