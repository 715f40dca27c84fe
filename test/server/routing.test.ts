import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { demoHeader, viewOf } from '../support/routing.js';
import { ask, askRaw, openSocket, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';
const problem = { 'content-type': 'application/problem+json' };

describe('a request for a project', () => {
  it('is answered with the replay, by subdomain and by path, at once and from the cache', async () => {
    const serving = new TestServing({}, viewOf('demo'));
    await using bench = await startTestServer(serving);
    for (const asked of [
      { host },
      { host: 'DEMO.Valet.Test:443', path: '/api/projects' },
      { path: '/projects/demo/a' },
    ]) {
      const answer = await ask(bench.port, asked);
      expect(answer).toMatchObject({ status: 200, headers: { 'fly-replay': demoHeader, 'content-length': '0' } });
    }
    expect(serving.routes.reads).toEqual(['demo']);
  });

  it.each(['dormant', 'creating', 'archiving', 'waking'] as const)(
    'waits while it is %s, then is replayed',
    async (state) => {
      const serving = new TestServing({}, viewOf('demo', state));
      await using bench = await startTestServer(serving);
      const answer = await ask(bench.port, { host, method: 'POST', body: 'x'.repeat(200_000) });
      expect(answer.headers['fly-replay']).toBe(demoHeader);
      expect(serving.waker.calls).toEqual(['demo']);
    },
  );

  it.each([
    ['unknown', undefined, 404, 'project_not_found'],
    ['deleted', viewOf('demo', 'deleted'), 404, 'project_not_found'],
    ['lost', viewOf('demo', 'lost'), 503, 'project_lost'],
  ] as const)('is refused when the project is %s', async (_what, view, status, code) => {
    const serving = view === undefined ? new TestServing() : new TestServing({}, view);
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { host });
    expect(answer).toMatchObject({
      status,
      json: { status, code },
      headers: { ...problem, 'cache-control': 'no-store' },
    });
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    expect(answer.headers['fly-replay']).toBeUndefined();
  });

  it('is refused for a name that can be no id, without a look at the database', async () => {
    const serving = new TestServing();
    await using bench = await startTestServer(serving);
    for (const asked of [{ host: 'a.b.valet.test' }, { path: '/projects/no_id/' }]) {
      expect(await ask(bench.port, asked)).toMatchObject({ status: 400, json: { code: 'project_id_invalid' } });
    }
    expect(serving.routes.reads).toEqual([]);
  });

  it('is never replayed again when it came back', async () => {
    const serving = new TestServing({}, viewOf('demo'));
    await using bench = await startTestServer(serving);
    await ask(bench.port, { host });
    const answer = await ask(bench.port, { host, headers: { 'fly-replay-failed': 'instance=m-demo;reason=timeout' } });
    expect(answer).toMatchObject({
      status: 503,
      json: { code: 'machine_unreachable' },
      headers: { 'retry-after': '5' },
    });
    expect(answer.headers['fly-replay']).toBeUndefined();
  });

  it('gets a page that tries again where a person asked', async () => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo')));
    const headers = { accept: 'text/html,*/*;q=0.8', 'fly-replay-failed': 'reason=timeout' };
    const answer = await ask(bench.port, { host, headers });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'content-type': 'text/html; charset=utf-8', vary: 'Accept' },
    });
    expect(answer.text).toContain('<meta http-equiv="refresh" content="5">');
  });

  it('cannot put markup into that page', async () => {
    await using bench = await startTestServer(new TestServing());
    const answer = await askRaw(
      bench.port,
      'GET /projects/<script>alert(1)<br> HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n',
    );
    expect(answer).not.toContain('<script>');
  });

  it('leaves /health and the preflight on a subdomain to us', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    await using bench = await startTestServer(serving);
    expect(await ask(bench.port, { host, path: '/health' })).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await ask(bench.port, { host, path: '/x', method: 'OPTIONS' })).toMatchObject({ status: 204 });
    expect(serving.waker.calls).toEqual([]);
    expect((await ask(bench.port, { host, path: '/health/more' })).headers['fly-replay']).toBe(demoHeader);
  });
});

describe('a WebSocket upgrade', () => {
  const upgrade = [
    'GET /socket HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ].join('\r\n');

  it.each(['active', 'dormant'] as const)('for a project that is %s is answered with the replay', async (state) => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo', state)));
    const socket = await openSocket(bench.port);
    socket.write(`${upgrade}\r\n\r\n`);
    const answer = String(await once(socket, 'data'));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain(`fly-replay: ${demoHeader}\r\n`);
  });

  it('is not accepted by the API either', async () => {
    await using bench = await startTestServer(new TestServing());
    const asked = upgrade
      .replace(host, 'localhost')
      .replace('/socket', '/health')
      .replace('Upgrade\r\n', 'Upgrade, close\r\n');
    expect(await askRaw(bench.port, `${asked}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('with the database away', () => {
  it('G9: active projects keep routing for 5 minutes, others are told when to retry', async () => {
    const serving = new TestServing({}, viewOf('demo'));
    await using bench = await startTestServer(serving);
    await ask(bench.port, { host });
    serving.routes.away = true;
    serving.routes.healthy = false;
    bench.clock.pass(299);
    expect((await ask(bench.port, { host })).headers['fly-replay']).toBe(demoHeader);
    bench.clock.pass(2);
    for (const asked of [{ host }, { host: 'other.valet.test' }]) {
      const answer = await ask(bench.port, asked);
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '5' },
        json: { code: 'database_unavailable' },
      });
    }
    serving.routes.away = false;
    serving.routes.recover();
    expect((await ask(bench.port, { host })).headers['fly-replay']).toBe(demoHeader);
  });
});
