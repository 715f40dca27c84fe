import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveStore } from '../../../src/sdk/archives/store.js';
import { type TestObjectStore, useObjectStore } from '../../support/object-store.js';
import { sha256Of } from '../../support/project-database.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';

let objects: TestObjectStore;
let dir: string;

beforeAll(async () => {
  objects = await useObjectStore();
  dir = await mkdtemp(join(tmpdir(), 'valet-test-download-'));
});

afterAll(async () => {
  await objects[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const bytes = Buffer.alloc(300_000, 'valet');

describe('ArchiveStore', () => {
  it('lets the holder of a presigned address upload and download one object, without keys', async () => {
    await objects.put('signed', bytes);
    const url = await objects.store.downloadUrl('signed', { expiresInSecs: 60 });
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
    const answer = await fetch(url);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('asks of an upload nothing but its bytes', async () => {
    const url = new URL(await objects.store.uploadUrl('signed', { expiresInSecs: 60 }));
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    expect([...url.searchParams.keys()].filter((key) => /checksum/i.test(key))).toEqual([]);
  });

  it('downloads into a new file and measures what it wrote', async () => {
    await objects.put('measured', bytes);
    const file = join(dir, 'measured');
    const measured = await objects.store.download('measured', file, { maxBytes: bytes.byteLength });
    expect(measured).toEqual({ size: bytes.byteLength, sha256: sha256Of(bytes) });
    expect((await readFile(file)).equals(bytes)).toBe(true);
    await expect(objects.store.download('measured', file, { maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'store_failed',
    });
  });

  it('stops a download that is larger than allowed', async () => {
    await objects.put('large', bytes);
    const download = objects.store.download('large', join(dir, 'large'), { maxBytes: bytes.byteLength - 1 });
    await expect(download).rejects.toMatchObject({
      code: 'store_failed',
      cause: { message: expect.stringContaining('larger than 299999 bytes') },
    });
  });

  it('looks at an object, deletes it, and deletes it again', async () => {
    await objects.put('short-lived', bytes);
    expect(await objects.store.head('short-lived')).toMatchObject({
      size: bytes.byteLength,
      modifiedAt: expect.any(Date),
    });
    await objects.store.delete('short-lived');
    await objects.store.delete('short-lived');
    expect(await objects.store.head('short-lived')).toBeNull();
  });

  it('puts small objects, and lists all with a prefix in the order of their keys', async () => {
    for (const key of ['listed/2', 'listed/1', 'listed-not']) await objects.store.put(key, 'x');
    expect(await objects.store.list('listed/', { maxKeys: 2 })).toEqual(['listed/1', 'listed/2']);
    expect(await objects.store.list('nothing/', { maxKeys: 1 })).toEqual([]);
  });

  it('goes on after a page of a list where that has ended', async () => {
    const page = (keys: readonly string[], isTruncated: boolean) => ({
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body:
        `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>` +
        `${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
    });
    await using server = await startScriptedServer([page(['a/1', 'a/2'], true), page(['a/3'], false)]);
    const store = new ArchiveStore({ endpoint: server.url, accessKeyId: 'a', secretAccessKey: 's', bucket: 'b' });
    expect(await store.list('a/', { maxKeys: 10 })).toEqual(['a/1', 'a/2', 'a/3']);
    await store.close();
    const after = server.seen.map(({ query }) => query.get('start-after'));
    expect(after).toEqual([null, 'a/2']);
  });

  it('gives no list that is cut off for a whole one', async () => {
    for (const key of ['many/1', 'many/2', 'many/3']) await objects.store.put(key, 'x');
    await expect(objects.store.list('many/', { maxKeys: 2 })).rejects.toMatchObject({
      code: 'store_failed',
      details: { operation: 'list', key: 'many/' },
    });
  });

  it('says what it did not do, to which object of which bucket, and where to look', async () => {
    const download = objects.store.download('missing', join(dir, 'missing'), { maxBytes: 1 });
    await expect(download).rejects.toMatchObject({
      code: 'store_failed',
      message: 'The object store did not download missing in bucket valet-test: 404 NoSuchKey.',
      details: { operation: 'download', bucket: 'valet-test', key: 'missing', status: 404 },
    });
  });

  it('G12: shows no key and no signature when the store refuses', async () => {
    const body =
      '<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>see https://r2.example/?X-Amz-Signature=feed</Message>' +
      '<AWSAccessKeyId>AKID</AWSAccessKeyId><StringToSign>TO-SIGN</StringToSign><SignatureProvided>feed</SignatureProvided></Error>';
    await using server = await startScriptedServer([
      { status: 403, body, headers: { 'content-type': 'application/xml' } },
    ]);
    const store = new ArchiveStore({
      endpoint: server.url,
      accessKeyId: 'AKID',
      secretAccessKey: 'hush-hush',
      bucket: 'b',
    });
    const error: unknown = await store.delete('k').catch((thrown: unknown) => thrown);
    await store.close();
    expect(error).toMatchObject({
      code: 'store_failed',
      details: { status: 403 },
      hint: expect.stringContaining('R2_ACCESS_KEY_ID'),
    });
    expect(inspect(error, { depth: 10 })).not.toMatch(/feed|AKID|hush-hush|TO-SIGN/);
  });

  it('gives up where nobody listens, and works again after it was closed', async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const away = new ArchiveStore({ endpoint, accessKeyId: 'a', secretAccessKey: 's', bucket: 'b' });
    await expect(away.head('k')).rejects.toMatchObject({ code: 'store_failed' });
    await away.close();
    await away.close();
    const again = objects.connect({});
    await again.head('k');
    await again.close();
    expect(await again.head('k')).toBeNull();
  });
});
