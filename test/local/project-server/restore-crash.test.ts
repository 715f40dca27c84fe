import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptStateSchema } from '../../../src/local/project-server/kept-state.js';
import { makeArchive, makeDataDir, runProjectServer, runStore } from '../../support/project-server.js';

/** Each test puts the volume into the state that a crash between two steps of a swap leaves. */
describe('a restore that a crash interrupted', () => {
  it('finishes a swap that a crash interrupted, and never plays the old write-ahead log into the new database', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    const { r2_key, r2_checksum } = store.restoreOrder('archive');
    const log = join(data.dir, 'project.sqlite-wal');
    const oldLog = await (async () => {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
      await used.client.put('a', 'old');
      return await readFile(log);
    })();
    const bytes = store.objects.get('/archive') ?? Buffer.alloc(0);
    const result = { r2_key, r2_checksum, size: bytes.length, tables: { _valet: 1, kv: 1 } };
    await changeState(data.dir, { restored: { epoch: 3, result, swapped: false } });
    await writeFile(join(data.dir, 'restored.sqlite'), bytes);
    await writeFile(log, oldLog);
    await using again = await runProjectServer(data.dir);
    expect((await again.client.get('a')).text).toBe('archived');
    const repeat = await again.client.call('restore-from-r2', 3, store.restoreOrder('archive'));
    expect(repeat.body).toEqual(result);
  });

  it('knows a swap that was done by its file, when the crash came before it was noted', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    const order = store.restoreOrder('archive');
    {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
      await used.client.call('restore-from-r2', 3, order);
      await used.client.put('a', 'written since');
    }
    const kept = keptStateSchema.parse(JSON.parse(await readFile(join(data.dir, 'state.json'), 'utf8')));
    await changeState(data.dir, { restored: { ...kept.restored, swapped: false } });
    await using again = await runProjectServer(data.dir);
    expect((await again.client.call('restore-from-r2', 3, order)).body).toEqual(kept.restored?.result);
    expect((await again.client.get('a')).text).toBe('written since');
  });

  it('drops a checked download that no state file names', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await makeArchive(store);
    {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
      await used.client.put('a', 'old');
    }
    await writeFile(join(data.dir, 'restored.sqlite'), store.objects.get('/archive') ?? Buffer.alloc(0));
    await using again = await runProjectServer(data.dir);
    expect((await again.client.get('a')).text).toBe('old');
    expect(await readdir(data.dir)).not.toContain('restored.sqlite');
  });
});

async function changeState(dir: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(dir, 'state.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
}
