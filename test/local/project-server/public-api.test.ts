import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { makeDataDir, runProjectServer } from '../../support/project-server.js';

describe('the public side of a project server', () => {
  it('answers 503 with Retry-After before it is a project', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    const answer = await used.client.fetch('/');
    expect(answer).toMatchObject({ status: 503, body: { code: 'not_configured' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await refusedUpgrade(`${used.client.url}/ws`)).toBe(503);
  });

  it('says which project it is, to people in HTML and to programs in JSON', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure();
    expect((await used.client.fetch('/')).body).toEqual({ project_id: 'demo' });
    const page = await used.client.fetch('/', { headers: { accept: 'text/html,*/*' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('<h1>demo</h1>');
  });

  it('keeps, lists and forgets values, on the plain path and on the path form alike', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure();
    expect((await used.client.put('a%2Fb', 'grüße')).status).toBe(204);
    for (const prefix of ['', '/projects/demo', '/projects/DEMO']) {
      expect((await used.client.fetch(`${prefix}/kv/a%2Fb`)).text).toBe('grüße');
    }
    await used.client.fetch('/projects/demo/kv/c', { method: 'PUT', body: '' });
    expect(await used.client.get('c')).toMatchObject({ status: 200, text: '' });
    expect((await used.client.fetch('/kv')).body).toEqual({ keys: ['a/b', 'c'], next_after: null });
    expect((await used.client.fetch('/kv?limit=1')).body).toEqual({ keys: ['a/b'], next_after: 'a/b' });
    expect((await used.client.fetch('/kv?limit=1&after=a/b')).body).toEqual({ keys: ['c'], next_after: null });
    expect((await used.client.fetch('/kv/c', { method: 'DELETE' })).status).toBe(204);
    expect(await used.client.get('c')).toMatchObject({ status: 404, body: { code: 'key_not_found' } });
    for (const path of ['/projects/demo', '/projects/demo/', '/projects/demo/about', '/projects/demo/kv']) {
      expect([path, (await used.client.fetch(path)).status]).toEqual([path, 200]);
    }
  });

  it('refuses what is out of bounds, and another project', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure();
    const limit = 256 * 1024;
    expect((await used.client.put('full', 'x'.repeat(limit))).status).toBe(204);
    expect((await used.client.put('over', 'x'.repeat(limit + 1))).body).toMatchObject({ code: 'body_too_large' });
    const binary = { method: 'PUT', body: new Uint8Array([0xff, 0xfe]) };
    expect((await used.client.fetch('/kv/binary', binary)).body).toMatchObject({ code: 'value_invalid' });
    for (const key of ['%E0%A4%A', 'a/b', 'a%00', 'k'.repeat(257)]) {
      expect((await used.client.get(key)).body).toMatchObject({ status: 400, code: 'key_invalid' });
    }
    expect((await used.client.fetch('/projects/other/kv/full')).status).toBe(404);
    expect((await used.client.fetch('/about', { method: 'POST' })).status).toBe(405);
    expect((await used.client.fetch('/ws')).status).toBe(426);
    expect((await used.client.fetch('/kv')).body.keys).toEqual(['full']);
  });

  it('tells in /about what only memory and the proxy know', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir, { machineId: 'd891' });
    await used.client.configure(4);
    const first = await used.client.fetch('/about');
    expect(first.body).toMatchObject({ project_id: 'demo', epoch: 4, machine_id: 'd891', replay_src: null });
    expect(first.body).toMatchObject({ requests_since_boot: 1, uptime_ms: expect.any(Number) });
    const second = await used.client.fetch('/about', { headers: { 'fly-replay-src': 'instance=1;t=2' } });
    expect(second.body).toMatchObject({ requests_since_boot: 2, replay_src: 'instance=1;t=2' });
    expect(second.body.boot_id).toBe(first.body.boot_id);
  });

  it('echoes over WebSocket, text as text and bytes as bytes', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure();
    for (const path of ['/ws', '/projects/demo/ws']) {
      const webSocket = await used.client.webSocket(path);
      webSocket.send('hello');
      expect((await once(webSocket, 'message')).map(String)).toEqual(['hello', 'false']);
      webSocket.send(Buffer.from([1, 2]));
      expect(await once(webSocket, 'message')).toEqual([Buffer.from([1, 2]), true]);
      webSocket.close();
      await once(webSocket, 'close');
    }
    expect(await refusedUpgrade(`${used.client.url}/elsewhere`)).toBe(404);
  });

  it('finds a WebSocket peer that vanished without a word', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir, { limits: { webSocketPingMs: 20 } });
    await used.client.configure();
    const alive = await used.client.webSocket();
    const dumb = new WebSocket(`${used.client.url}/ws`, { autoPong: false });
    await once(dumb, 'close');
    expect(alive.readyState).toBe(WebSocket.OPEN);
    expect((await used.client.status()).body.open_connections).toBe(1);
  });
});

async function refusedUpgrade(url: string): Promise<number | undefined> {
  const webSocket = new WebSocket(url.replace('http', 'ws'));
  webSocket.on('error', () => undefined);
  const [, response] = await once(webSocket, 'unexpected-response');
  webSocket.terminate();
  return response.statusCode;
}
