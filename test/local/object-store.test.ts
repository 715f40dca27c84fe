import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { type ObjectStore, startObjectStore } from '../../src/local/object-store.js';
import { makeDataDir, runProjectServer } from '../support/project-server.js';

const bucket = 'valet-dormant';

function clientOf(store: ObjectStore, secretAccessKey = store.secretAccessKey): S3Client {
  return new S3Client({
    endpoint: store.endpoint,
    region: 'auto',
    forcePathStyle: true,
    credentials: { accessKeyId: store.accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

async function runStore() {
  const dir = await mkdtemp(join(tmpdir(), 'valet-store-'));
  const store = await startObjectStore({ dir, bucket });
  const client = clientOf(store);
  const [Bucket, Key] = [bucket, 'projects/demo/7-a b.sqlite'];
  return {
    dir,
    store,
    client,
    object: { Bucket, Key },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await store.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

describe('the local object store', () => {
  it('puts, heads, gets, lists and deletes an object for the AWS SDK', async () => {
    await using used = await runStore();
    const { client, object } = used;
    await client.send(new PutObjectCommand({ ...object, Body: Buffer.from('hello') }));
    expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(5);
    const got = await client.send(new GetObjectCommand(object));
    expect(await got.Body?.transformToString()).toBe('hello');
    const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'projects/demo/' }));
    expect(listed.Contents?.map((entry) => [entry.Key, entry.Size])).toEqual([[object.Key, 5]]);
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    await client.send(new DeleteObjectCommand(object));
    await expect(client.send(new HeadObjectCommand(object))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('checks signatures of calls on the bucket itself', async () => {
    await using used = await runStore();
    const stranger = clientOf(used.store, 'not-the-secret');
    await expect(stranger.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    stranger.destroy();
    const gone = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: used.object.Key }] } });
    expect((await used.client.send(gone)).Deleted?.map((entry) => entry.Key)).toEqual([used.object.Key]);
  });

  it('takes a presigned PUT and gives a presigned GET to a plain fetch without credentials', async () => {
    await using used = await runStore();
    const body = new Uint8Array(300_000).map((_, index) => index % 251);
    const putUrl = await getSignedUrl(used.client, new PutObjectCommand(used.object), { expiresIn: 60 });
    const put = await fetch(putUrl, { method: 'PUT', body });
    expect([put.status, await put.text()]).toEqual([200, '']);
    const getUrl = await getSignedUrl(used.client, new GetObjectCommand(used.object), { expiresIn: 60 });
    const got = await fetch(getUrl);
    expect(Buffer.from(await got.arrayBuffer()).equals(body)).toBe(true);
  });

  it('refuses a request without a signature, and a URL that was signed for another method, another key or with another secret', async () => {
    await using used = await runStore();
    await used.client.send(new PutObjectCommand({ ...used.object, Body: 'kept' }));
    const getUrl = await getSignedUrl(used.client, new GetObjectCommand(used.object), { expiresIn: 60 });
    expect((await fetch(getUrl, { method: 'PUT', body: 'overwritten' })).status).toBe(403);
    expect((await fetch(getUrl.split('?')[0] ?? '')).status).toBe(403);
    expect((await fetch(getUrl.replace('/demo/', '/other/'))).status).toBe(403);
    const stranger = clientOf(used.store, 'not-the-secret');
    const forged = await getSignedUrl(stranger, new GetObjectCommand(used.object), { expiresIn: 60 });
    stranger.destroy();
    expect((await fetch(forged)).status).toBe(403);
    expect(await (await fetch(getUrl)).text()).toBe('kept');
  });

  it('carries a project from one machine to another by presigned URLs alone', async () => {
    await using used = await runStore();
    await using data = await makeDataDir();
    await using from = await runProjectServer(join(data.dir, 'from'));
    await using to = await runProjectServer(join(data.dir, 'to'));
    const { client, object } = used;
    await from.client.configure(1);
    await from.client.put('a', 'carried');
    const upload_url = await getSignedUrl(client, new PutObjectCommand(object), { expiresIn: 60 });
    const archived = await from.client.call('archive-to-r2', 2, { r2_key: object.Key, upload_url });
    expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(archived.body.size);
    const download_url = await getSignedUrl(client, new GetObjectCommand(object), { expiresIn: 60 });
    const order = { r2_key: object.Key, r2_checksum: archived.body.r2_checksum, download_url };
    await to.client.configure(3);
    expect((await to.client.call('restore-from-r2', 3, order)).status).toBe(200);
    expect((await to.client.get('a')).text).toBe('carried');
  });

  it('keeps its objects over a restart', async () => {
    await using used = await runStore();
    await used.client.send(new PutObjectCommand({ ...used.object, Body: 'kept' }));
    await used.store.stop();
    const again = await startObjectStore({ dir: used.dir, bucket });
    const client = clientOf(again);
    const got = await client.send(new GetObjectCommand(used.object));
    expect(await got.Body?.transformToString()).toBe('kept');
    client.destroy();
    await again.stop();
  });

  it('stops though a client holds a connection, and a second stop is the same stop', async () => {
    await using used = await runStore();
    await used.client.send(new PutObjectCommand({ ...used.object, Body: 'x' }));
    await Promise.all([used.store.stop(), used.store.stop()]);
    await expect(fetch(used.store.endpoint)).rejects.toThrow('fetch failed');
  });
});
