import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { makeDataDir, runProjectServer, runStore, spawnProjectServer } from '../../support/project-server.js';

describe('the project server as a process', () => {
  it('remembers its project and its data after kill -9', async () => {
    await using data = await makeDataDir();
    const first = await spawnProjectServer(data.dir, { FLY_MACHINE_ID: 'd891' });
    await using _ = first;
    await first.client.configure(5);
    await first.client.put('a', 'kept');
    const about = (await first.client.fetch('/about')).body;
    expect(about.machine_id).toBe('d891');
    first.child.kill('SIGKILL');
    expect(await first.exited).toBe('SIGKILL');
    await using second = await spawnProjectServer(data.dir);
    expect((await second.client.status()).body).toMatchObject({ project_id: 'demo', epoch: 5, serving: true });
    expect((await second.client.get('a')).text).toBe('kept');
    expect((await second.client.fetch('/about')).body.boot_id).not.toBe(about.boot_id);
  });

  it('G6: is still quiesced, in its epoch, when it was killed while archiving', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using first = await spawnProjectServer(data.dir);
    await first.client.configure(1);
    await first.client.put('a', 'kept');
    store.next.push('hang');
    const archiving = first.client.call('archive-to-r2', 2, store.archiveOrder('k')).catch(() => 'lost');
    await vi.waitFor(() => expect(store.requests).toHaveLength(1));
    first.child.kill('SIGKILL');
    expect(await archiving).toBe('lost');
    await first.exited;
    await using second = await spawnProjectServer(data.dir);
    expect((await second.client.status()).body).toMatchObject({ epoch: 2, quiesced: true, serving: false });
    expect((await second.client.get('a')).status).toBe(503);
    expect((await second.client.configure(1)).body).toMatchObject({ code: 'stale_epoch', epoch: 2 });
    expect((await second.client.call('archive-to-r2', 2, store.archiveOrder('k'))).status).toBe(200);
    expect((await second.client.call('resume', 3)).status).toBe(200);
    expect((await second.client.get('a')).text).toBe('kept');
  });

  it('has its old database when it was killed while restoring, and can be restored then', async () => {
    await using data = await makeDataDir();
    await using store = await runStore();
    await using first = await spawnProjectServer(data.dir);
    await first.client.configure(1);
    await first.client.put('a', 'archived');
    await first.client.call('archive-to-r2', 2, store.archiveOrder('k'));
    await first.client.call('resume', 3);
    await first.client.put('a', 'old');
    store.next.push('hang');
    const restoring = first.client.call('restore-from-r2', 4, store.restoreOrder('k')).catch(() => 'lost');
    await vi.waitFor(() => expect(store.requests).toHaveLength(2));
    first.child.kill('SIGKILL');
    expect(await restoring).toBe('lost');
    await first.exited;
    await using second = await spawnProjectServer(data.dir);
    expect((await second.client.status()).body).toMatchObject({ epoch: 4, serving: true });
    expect((await second.client.get('a')).text).toBe('old');
    expect((await second.client.call('restore-from-r2', 4, store.restoreOrder('k'))).status).toBe(200);
    expect((await second.client.get('a')).text).toBe('archived');
  });

  it('keeps its memory over a suspension of the process', async () => {
    await using data = await makeDataDir();
    await using used = await spawnProjectServer(data.dir);
    await used.client.configure();
    const before = (await used.client.fetch('/about')).body;
    used.child.kill('SIGSTOP');
    const asked = used.client.fetch('/about');
    used.child.kill('SIGCONT');
    const after = (await asked).body;
    expect(after).toMatchObject({ boot_id: before.boot_id, requests_since_boot: 2 });
  });

  it('ends with 0 on SIGTERM and SIGINT, telling WebSockets that it goes away', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using data = await makeDataDir();
      await using used = await spawnProjectServer(data.dir);
      await used.client.configure();
      const webSocket = await used.client.webSocket();
      const closed = once(webSocket, 'close');
      used.child.kill(signal);
      expect((await closed)[0]).toBe(1001);
      expect([signal, await used.exited, used.errors()]).toEqual([signal, '0', '']);
    }
  });

  it('ends when its standard input closes, if told so, and only then', async () => {
    await using data = await makeDataDir();
    await using bound = await spawnProjectServer(join(data.dir, 'bound'), { VALET_EXIT_WITH_PARENT: '1' });
    await using free = await spawnProjectServer(join(data.dir, 'free'));
    free.child.stdin.end();
    bound.child.stdin.end();
    expect(await bound.exited).toBe('0');
    expect((await free.client.status()).status).toBe(200);
  });

  it('refuses to run, saying why, rather than forget whose it is', async () => {
    await using data = await makeDataDir();
    {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
    }
    for (const text of ['', '{', '{"format":2}', '{"format":1,"epoch":-1}']) {
      await writeFile(join(data.dir, 'state.json'), text);
      await using broken = await spawnProjectServer(data.dir);
      expect(await broken.exited).toBe('1');
      expect(broken.errors()).toContain('does not know whose it is');
    }
  });

  it('names every fault of its environment and no value', async () => {
    await using broken = await spawnProjectServer('', {
      PORT: 'http',
      VALET_INTERNAL_SECRET: '',
      VALET_CONTROL_URL: 'x',
    });
    expect(await broken.exited).toBe('1');
    for (const name of ['PORT', 'VALET_DATA_DIR', 'VALET_INTERNAL_SECRET', 'VALET_CONTROL_URL']) {
      expect(broken.errors()).toContain(name);
    }
    expect(broken.errors()).not.toContain('http');
  });
});

describe('stopping a project server', () => {
  it('is bounded though a peer does not close, can be asked twice, and frees the port', async () => {
    await using data = await makeDataDir();
    const { server, client } = await runProjectServer(data.dir, { limits: { stopTimeoutMs: 50 } });
    await client.configure();
    const webSocket = await client.webSocket();
    webSocket.pause();
    const endless = request(`${client.url}/kv/endless`, { method: 'PUT' }).on('error', () => undefined);
    endless.write('never ended');
    await vi.waitFor(async () => expect((await client.status()).body.open_connections).toBe(2));
    await Promise.all([server.stop(), server.stop()]);
    webSocket.terminate();
    await expect(client.fetch('/')).rejects.toThrow('fetch failed');
    expect(webSocket.readyState).not.toBe(WebSocket.OPEN);
    await using again = await runProjectServer(data.dir, { port: server.port });
    expect((await again.client.status()).body.project_id).toBe('demo');
  });

  it('refuses a port that is taken and leaves the volume to the other', async () => {
    await using data = await makeDataDir();
    await using other = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await expect(runProjectServer(other.dir, { port: used.server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect((await used.client.status()).status).toBe(200);
  });
});
