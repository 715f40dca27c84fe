import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { makeArchive, makeDataDir, runProjectServer, runStore, sha256 } from '../../support/project-server.js';

describe('restoring', () => {
  it('brings a project from its archive to another machine', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    await using used = await runProjectServer(data.dir);
    await used.client.configure(3);
    const order = store.restoreOrder('archive');
    const { status, body } = await used.client.call('restore-from-r2', 3, order);
    expect(status).toBe(200);
    const size = store.objects.get('/archive')?.length;
    expect(body).toEqual({ r2_key: 'archive', r2_checksum: order.r2_checksum, size, tables: { _valet: 1, kv: 1 } });
    expect((await used.client.get('a')).text).toBe('archived');
    await used.client.put('b', 'new');
    expect((await used.client.status()).body.tables).toEqual({ _valet: 1, kv: 2 });
  });

  it('is done once per epoch: a repeat answers the same and keeps what was written since, over a restart too', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    const order = store.restoreOrder('archive');
    const first = await (async () => {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
      const answer = await used.client.call('restore-from-r2', 3, order);
      await used.client.put('a', 'written since');
      expect((await used.client.call('restore-from-r2', 3, order)).body).toEqual(answer.body);
      return answer;
    })();
    await using again = await runProjectServer(data.dir);
    expect((await again.client.call('restore-from-r2', 3, order)).body).toEqual(first.body);
    expect((await again.client.get('a')).text).toBe('written since');
    expect((await again.client.call('restore-from-r2', 4, order)).status).toBe(200);
    expect((await again.client.get('a')).text).toBe('archived');
  });

  it('answers two restores of one epoch at once with the same result', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    await using used = await runProjectServer(data.dir);
    await used.client.configure(3);
    const order = store.restoreOrder('archive');
    const answers = await Promise.all([1, 2].map(() => used.client.call('restore-from-r2', 3, order)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(store.requests.filter((request) => request.method === 'GET')).toHaveLength(1);
  });

  it('leaves the old database alone when the archive is not what it should be', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, { limits: { maxArchiveBytes: 50_000 } });
    await used.client.configure(3);
    await used.client.put('a', 'old');
    await makeArchive(store, 'other');
    store.objects.set('/no-sentinel', databaseBytes(join(data.dir, 'plain.sqlite')));
    store.objects.set('/garbage', Buffer.alloc(8192, 'x'));
    store.objects.set('/empty', Buffer.alloc(0));
    store.objects.set('/large', Buffer.alloc(50_001));
    const refusals = [
      [store.restoreOrder('archive', 'f'.repeat(64)), 422, 'checksum_mismatch'],
      [store.restoreOrder('archive', 'F'.repeat(64)), 400, 'request_invalid'],
      [store.restoreOrder('archive'), 422, 'not_this_project'],
      [store.restoreOrder('no-sentinel'), 422, 'not_this_project'],
      [store.restoreOrder('empty'), 422, 'not_this_project'],
      [store.restoreOrder('garbage'), 422, 'archive_damaged'],
      [store.restoreOrder('large'), 422, 'archive_too_large'],
      [store.restoreOrder('missing'), 502, 'download_failed'],
    ] as const;
    for (const [order, status, code] of refusals) {
      const answer = await used.client.call('restore-from-r2', 4, order);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.text).not.toContain('not-to-be-told');
      expect((await used.client.get('a')).text).toBe('old');
    }
    expect((await readdir(data.dir)).filter((name) => name.startsWith('download'))).toEqual([]);
  });

  it('gives up a download that does not come, without the URL in the answer', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir, { limits: { downloadTimeoutMs: 30 } });
    await used.client.configure(3);
    store.next.push('hang', 'reset');
    for (const _ of store.next.slice()) {
      const answer = await used.client.call('restore-from-r2', 3, store.restoreOrder('archive'));
      expect([answer.status, answer.body.code]).toEqual([502, 'download_failed']);
      expect(answer.text).not.toContain('not-to-be-told');
    }
  });

  it('G6: is dropped when a newer decision comes during the download', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    await using used = await runProjectServer(data.dir);
    await used.client.configure(3);
    await used.client.put('a', 'old');
    store.next.push('hang');
    const restoring = used.client.call('restore-from-r2', 3, store.restoreOrder('archive'));
    await vi.waitFor(() => expect(store.next).toEqual([]));
    expect((await used.client.configure(4)).status).toBe(200);
    expect(await restoring).toMatchObject({ status: 409, body: { code: 'stale_epoch', epoch: 4 } });
    expect((await used.client.get('a')).text).toBe('old');
  });

  it('takes an archive in WAL mode as well', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using used = await runProjectServer(data.dir);
    await used.client.configure(3);
    const setup =
      "CREATE TABLE _valet (project_id, epoch); INSERT INTO _valet VALUES ('demo', 1); PRAGMA journal_mode = WAL";
    store.objects.set('/wal', databaseBytes(join(data.dir, 'wal.sqlite'), setup));
    const bytes = store.objects.get('/wal') ?? Buffer.alloc(0);
    const answer = await used.client.call('restore-from-r2', 3, store.restoreOrder('wal', sha256(bytes)));
    expect([answer.status, answer.text]).toMatchObject([200, expect.stringContaining('"tables":{"_valet":1}')]);
    expect((await used.client.put('a', '1')).status).toBe(204);
  });
});

function databaseBytes(path: string, setup = 'CREATE TABLE t (x)'): Buffer {
  const database = new DatabaseSync(path);
  database.exec(setup);
  database.close();
  return readFileSync(path);
}
