import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import type { ProjectServerClient } from '../../support/project-server.js';
import { makeDataDir, runProjectServer, runStore, sha256 } from '../../support/project-server.js';

const quick = { limits: { uploadBackoffMs: 1, maxUploadTries: 3 } };

async function projectWithValues(client: ProjectServerClient): Promise<void> {
  await client.configure(1);
  for (const key of ['a', 'b', 'c']) await client.put(key, `value of ${key}`);
}

describe('archiving', () => {
  it('G1: uploads a database of its own that holds what the manifest says', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    const { status, body } = await used.client.call('archive-to-r2', 2, store.archiveOrder('demo/2'));
    const bytes = store.objects.get('/demo/2') ?? Buffer.alloc(0);
    const facts = { size: bytes.length, tables: { _valet: 1, kv: 3 } };
    expect(status).toBe(200);
    expect(body).toMatchObject({ r2_key: 'demo/2', r2_checksum: sha256(bytes), size: bytes.length });
    expect(body.manifest).toMatchObject({ format: 1, project_id: 'demo', epoch: 2, sha256: sha256(bytes), ...facts });
    await writeFile(join(data.dir, 'read-back.sqlite'), bytes);
    using archive = new DatabaseSync(join(data.dir, 'read-back.sqlite'), { readOnly: true });
    expect(archive.prepare('SELECT project_id, epoch FROM _valet').get()).toEqual({ project_id: 'demo', epoch: 2 });
    expect(archive.prepare("SELECT value FROM kv WHERE key = 'b'").get()).toEqual({ value: 'value of b' });
    // Not in WAL mode, so that it opens read-only wherever it lies.
    expect([...bytes.subarray(18, 20)]).toEqual([1, 1]);
  });

  it('sends Content-Length, no chunks and none of its own secrets to the presigned URL', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    const { body } = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    const headers = store.requests[0]?.headers;
    expect(headers?.['content-length']).toBe(String(body.size));
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(headers).not.toHaveProperty('authorization');
  });

  it('serves nothing afterwards, over a restart too, until a resume with a larger epoch', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    {
      await using used = await runProjectServer(data.dir, quick);
      await projectWithValues(used.client);
      await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
      const refused = await used.client.get('a');
      expect(refused).toMatchObject({ status: 503, body: { code: 'quiesced' } });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
    }
    await using again = await runProjectServer(data.dir, quick);
    expect((await again.client.status()).body).toMatchObject({ serving: false, quiesced: true, epoch: 2 });
    expect(await again.client.call('resume', 2)).toMatchObject({
      status: 409,
      body: { code: 'stale_epoch', epoch: 2 },
    });
    await again.client.configure(3);
    expect((await again.client.put('a', 'lost')).status).toBe(503);
    expect((await again.client.call('resume', 4)).status).toBe(200);
    expect((await again.client.call('resume', 4)).status).toBe(200);
    expect((await again.client.get('a')).text).toBe('value of a');
  });

  it('is busy while a WebSocket is open, and goes on serving', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    const webSocket = await used.client.webSocket();
    const busy = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect(busy).toMatchObject({ status: 409, body: { code: 'busy', reason: '1 WebSocket(s) open' } });
    expect((await used.client.status()).body).toMatchObject({ serving: true, epoch: 2, open_connections: 1 });
    expect(store.requests).toEqual([]);
    webSocket.close();
    await once(webSocket, 'close');
    await vi.waitFor(async () => {
      expect((await used.client.call('archive-to-r2', 2, store.archiveOrder('k'))).status).toBe(200);
    });
  });

  it('is busy while a request is being served', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    const slow = request(`${used.client.url}/kv/slow`, { method: 'PUT' });
    slow.write('half');
    await vi.waitFor(async () => expect((await used.client.status()).body.open_connections).toBe(1));
    const busy = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect(busy.body).toMatchObject({ code: 'busy', reason: '1 request(s) being served' });
    slow.end(' and half');
    await once(slow, 'response');
    expect((await used.client.get('slow')).text).toBe('half and half');
  });

  it('tries an upload again after a fault that may pass', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    store.next.push(503, 'reset');
    const { status, body } = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect([status, store.requests.length]).toEqual([200, 3]);
    expect(sha256(store.objects.get('/k') ?? Buffer.alloc(0))).toBe(body.r2_checksum);
  });

  it('G12: stays quiesced when the upload fails, says why without the URL, and can do it again in the same epoch', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    store.next.push(403, 500, 502, 'reset');
    const refused = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect(refused).toMatchObject({ status: 502, body: { code: 'upload_failed' } });
    expect(store.requests).toHaveLength(1);
    const broken = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect(broken.body.code).toBe('upload_failed');
    expect(store.requests).toHaveLength(4);
    for (const { text } of [refused, broken]) expect(text).not.toContain('not-to-be-told');
    expect((await used.client.get('a')).status).toBe(503);
    expect((await used.client.call('archive-to-r2', 2, store.archiveOrder('k'))).status).toBe(200);
    expect((await readdir(data.dir)).sort()).not.toContain('copy.sqlite');
  });

  it('G5: is dropped at once by a resume with a larger epoch', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, quick);
    await projectWithValues(used.client);
    store.next.push('hang');
    const archiving = used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    await vi.waitFor(() => expect(store.requests).toHaveLength(1));
    expect((await used.client.call('resume', 3)).status).toBe(200);
    expect(await archiving).toMatchObject({ status: 409, body: { code: 'stale_epoch', epoch: 3 } });
    expect((await used.client.get('a')).text).toBe('value of a');
  });

  it('puts nothing away that would be too large to restore', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, { limits: { maxArchiveBytes: 1000 } });
    await projectWithValues(used.client);
    const answer = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect(answer).toMatchObject({ status: 422, body: { code: 'archive_too_large' } });
    expect(store.requests).toEqual([]);
  });

  it('does not archive a machine without a project', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir);
    const answer = await used.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_configured' } });
  });
});
