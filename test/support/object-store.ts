import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startObjectStore } from '../../src/local/object-store.js';
import { ArchiveStore } from '../../src/sdk/archives/store.js';

export interface TestObjectStore extends AsyncDisposable {
  readonly store: ArchiveStore;
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Another client of the same server. */
  connect(change: { readonly bucket?: string; readonly secretAccessKey?: string }): ArchiveStore;
  /** As a machine does it: to a presigned address. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** A real S3 server with an empty bucket, and our store on top of it. */
export async function useObjectStore(): Promise<TestObjectStore> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-test-store-'));
  const server = await startObjectStore({ dir, bucket: 'valet-test' });
  const { endpoint, bucket, accessKeyId, secretAccessKey } = server;
  const stores: ArchiveStore[] = [];
  const connect: TestObjectStore['connect'] = (change) => {
    const store = new ArchiveStore({ endpoint, bucket, accessKeyId, secretAccessKey, ...change });
    stores.push(store);
    return store;
  };
  const store = connect({});
  return {
    store,
    endpoint,
    bucket,
    accessKeyId,
    secretAccessKey,
    connect,
    async put(key, bytes) {
      const url = await store.uploadUrl(key, { expiresInSecs: 60 });
      const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`The upload was answered with ${answer.status}.`);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(stores.map((each) => each.close()));
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
