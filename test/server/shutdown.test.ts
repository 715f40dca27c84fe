import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { ProjectView } from '../../src/sdk/routing/ports.js';
import { sampleProject } from '../support/fake-valet.js';
import { demoHeader, until, viewOf } from '../support/routing.js';
import { ask, asOperator, openSocket, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';

describe('stop', () => {
  it('G8: lets held requests finish, and takes no new ones', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    const gate = Promise.withResolvers<ProjectView>();
    serving.waker.answer = () => gate.promise;
    await using bench = await startTestServer(serving);
    const held = ask(bench.port, { host, headers: { connection: 'keep-alive' } });
    await until('one held', () => serving.waker.calls.length === 1);
    const stopping = bench.server.stop();
    const asked = () =>
      ask(bench.port).then(
        ({ headers }) => headers.connection,
        () => 'refused',
      );
    await expect.poll(asked).toBe('refused');
    expect(await ask(bench.privatePort, { path: '/health/ready' })).toMatchObject({
      status: 503,
      json: { ready: false },
    });
    gate.resolve(viewOf('demo'));
    expect((await held).headers).toMatchObject({ 'fly-replay': demoHeader, connection: 'close' });
    await stopping;
    await expect(ask(bench.privatePort)).rejects.toThrow();
  });

  it('still answers over a connection that was open before, and ends it with the answer', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    const gate = Promise.withResolvers<ProjectView>();
    serving.waker.answer = () => gate.promise;
    await using bench = await startTestServer(serving);
    const socket = await openSocket(bench.port);
    const held = ask(bench.port, { host });
    await until('one held', () => serving.waker.calls.length === 1);
    const stopping = bench.server.stop();
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n/i);
    gate.resolve(viewOf('demo'));
    await Promise.all([held, stopping]);
  });

  it('answers what comes during its notice, and no request of a connection that was open is lost', async () => {
    await using bench = await startTestServer(new TestServing(), { noticeMs: 400 });
    const clients = await Promise.all(Array.from({ length: 8 }, () => askOnAndOn(bench.port)));
    await until('all to have asked', () => clients.every(({ sent }) => sent > 2));
    const stopping = bench.server.stop();
    expect(await ask(bench.privatePort, { path: '/health/ready' })).toMatchObject({ status: 503 });
    const late = await ask(bench.port, { path: '/health', headers: { connection: 'keep-alive' } });
    expect(late).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await stopping;
    for (const client of clients) {
      await client.ended;
      expect(client.answered).toBe(client.sent);
    }
    await expect(ask(bench.port)).rejects.toThrow();
  });

  it('gives no notice when there is nobody to notice', async () => {
    await using bench = await startTestServer(new TestServing(), { noticeMs: 3_600_000 });
    await bench.server.stop();
  });

  it('tells those who are held longer than the drain time to come back', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    serving.waker.answer = () => new Promise(() => undefined);
    await using bench = await startTestServer(serving, { drainMs: 10 });
    const held = ask(bench.port, { host });
    await until('one held', () => serving.waker.calls.length === 1);
    await bench.server.stop();
    expect(await held).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, json: { code: 'overloaded' } });
  });

  it('lets API calls finish within the drain time, and aborts them after it', async () => {
    const signals: AbortSignal[] = [];
    const wake = (_id: string, options?: { readonly signal?: AbortSignal }) => {
      const { signal } = options ?? {};
      if (signal === undefined) throw new Error('no signal');
      signals.push(signal);
      return new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const serving = new TestServing({ projects: { wake, get: async () => sampleProject() } });
    await using bench = await startTestServer(serving, { drainMs: 10 });
    const waiting = ask(bench.port, { method: 'POST', path: '/api/projects/demo/wake', headers: asOperator });
    await until('the call', () => signals.length === 1);
    await bench.server.stop();
    expect(await waiting).toMatchObject({ status: 503, json: { code: 'overloaded' } });
  });

  it('writes the collected activity and stops the loops', async () => {
    const serving = new TestServing({}, viewOf('demo'));
    const runs: AbortSignal[] = [];
    serving.tasks.push({
      name: 'tidy',
      lock: 100,
      periodMs: 3_600_000,
      deadlineMs: 3_600_000,
      run: (signal) => {
        runs.push(signal);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    await using bench = await startTestServer(serving);
    await ask(bench.port, { host });
    expect(serving.routes.batches).toEqual([]);
    await bench.server.stop();
    expect(serving.routes.batches).toEqual([['demo']]);
    expect(runs.map((signal) => signal.aborted)).toEqual([true]);
    expect(serving.routes.listeners.size).toBe(0);
  });

  it('does not wait for idle connections, and may be called again', async () => {
    await using bench = await startTestServer(new TestServing());
    const socket = await openSocket(bench.port);
    socket.resume();
    const closed = once(socket, 'close');
    await Promise.all([bench.server.stop(), bench.server.stop()]);
    await closed;
    await bench.server.stop();
  });
});

/** One connection, over which the next request follows every answer until the server ends it. */
async function askOnAndOn(port: number) {
  const socket = await openSocket(port);
  const client = { sent: 0, answered: 0, ended: once(socket, 'close') };
  const next = () => {
    client.sent += 1;
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  };
  socket.setEncoding('utf8').on('data', (answer: string) => {
    client.answered += 1;
    if (!/^connection: close/im.test(answer)) setTimeout(next, 5);
  });
  next();
  return client;
}

describe('startServer', () => {
  it('names a port that is taken, and leaves nothing open', async () => {
    await using first = await startTestServer(new TestServing());
    const serving = new TestServing();
    const failing = startTestServer(serving, { privatePort: first.port });
    await expect(failing).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(`${first.port}`),
    });
    expect(serving.routes.listeners.size).toBe(0);
  });
});
