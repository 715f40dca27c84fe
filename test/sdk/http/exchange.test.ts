import { createServer } from 'node:net';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, exchange } from '../../../src/sdk/http/exchange.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';

let dispatcher: Agent;

beforeAll(() => {
  dispatcher = new Agent({ connect: { timeout: 2_000 }, headersTimeout: 0, bodyTimeout: 0 });
});

afterAll(() => dispatcher.destroy());

const get = (url: string, change: Partial<Exchange> = {}) =>
  exchange({
    dispatcher,
    method: 'GET',
    url: new URL(url),
    headers: {},
    timeoutMs: 5_000,
    maxBodyBytes: 100,
    ...change,
  });

describe('exchange', () => {
  it('takes any status for an answer', async () => {
    await using server = await startScriptedServer([{ status: 503, body: 'away', headers: { 'retry-after': '1' } }]);
    expect(await get(server.url)).toMatchObject({ status: 503, text: 'away', headers: { 'retry-after': '1' } });
  });

  it('knows that nothing was sent where nobody listens or the name does not exist', async () => {
    await expect(get(`http://127.0.0.1:${await closedPort()}`)).rejects.toMatchObject({ kind: 'connect', sent: 'no' });
    await expect(get('http://nowhere.invalid')).rejects.toMatchObject({ kind: 'connect', sent: 'no' });
  });

  it('does not know whether it was carried out when the connection breaks or the time is over', async () => {
    await using server = await startScriptedServer(['drop', 'hang']);
    await expect(get(server.url)).rejects.toMatchObject({ kind: 'broken', sent: 'maybe' });
    await expect(get(server.url, { timeoutMs: 30 })).rejects.toMatchObject({ kind: 'timeout', sent: 'maybe' });
  });

  it('bounds an answer whose end never comes, in bytes and in time', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    await expect(get(url, { timeoutMs: 50 })).rejects.toMatchObject({ kind: 'timeout' });
    await expect(get(url, { maxBodyBytes: 3 })).rejects.toMatchObject({ kind: 'too_large' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('keeps a connection for the next call, unless it is told to close it', async () => {
    await using server = await startScriptedServer([{ status: 200 }]);
    await get(server.url);
    await get(server.url, { closeAfter: true });
    expect(server.seen.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close']);
  });

  it("ends with the caller's reason, before and during the call", async () => {
    await using server = await startScriptedServer(['hang']);
    const reason = new Error('shutting down');
    await expect(get(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const pending = get(server.url, { signal: controller.signal });
    pending.catch(() => undefined);
    await expect.poll(() => server.seen.length).toBe(1);
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });
});
