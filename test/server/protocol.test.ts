import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ProjectView } from '../../src/sdk/routing/ports.js';
import { rawConnection, rawExchange } from '../support/raw-http.js';
import { demoHeader, until, viewOf } from '../support/routing.js';
import { ask, startTestServer, type TestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';
const urlOf = ({ port }: TestServer) => `http://127.0.0.1:${port}`;
const http = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const replay = `fly-replay: ${demoHeader}`;
const health = http('GET /health HTTP/1.1', 'Host: localhost', 'Connection: close');

/** Of each answer, in the order they came. */
function statuses(answers: string): string[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
}

async function demoServer(state: 'active' | 'dormant' = 'active') {
  const serving = new TestServing({}, viewOf('demo', state));
  return { serving, bench: await startTestServer(serving) };
}

describe('whose request it is', () => {
  it.each([
    [
      'an absolute target',
      http(`GET http://${host}/x HTTP/1.1`, 'Host: other.example.com', 'Connection: close'),
      replay,
    ],
    ['HTTP/1.0 without a host', http('GET /projects/demo/ HTTP/1.0'), replay],
    [
      'an absolute target of ours',
      http('GET http://localhost/health HTTP/1.1', `Host: ${host}`, 'Connection: close'),
      '"ok"',
    ],
    [
      'our own health on a subdomain',
      http(`GET http://${host}/health HTTP/1.1`, 'Host: x', 'Connection: close'),
      '"ok"',
    ],
  ])('is said by %s', async (_what, bytes, expected) => {
    const { bench } = await demoServer();
    await using _ = bench;
    const answer = await rawExchange(urlOf(bench), bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(expected);
  });

  it.each([
    ['two Host headers', http('GET / HTTP/1.1', `Host: ${host}`, 'Host: other.valet.test', 'Connection: close')],
    ['twice the same', http('GET / HTTP/1.1', `Host: ${host}`, `host: ${host}`, 'Connection: close')],
    ['two in HTTP/1.0', http('GET /projects/demo/ HTTP/1.0', 'Host: x', 'Host: y')],
    ['two for the API', http('GET /health HTTP/1.1', 'Host: x', 'Host: y', 'Connection: close')],
    ['bytes that no host has', http('GET / HTTP/1.1', 'Host: de\xffmo.valet.test', 'Connection: close')],
    ['a space in it', http('GET / HTTP/1.1', 'Host: demo valet.test', 'Connection: close')],
    ['a user in it', http('GET / HTTP/1.1', `Host: me@${host}`, 'Connection: close')],
    ['another scheme', http(`GET ftp://${host}/ HTTP/1.1`, `Host: ${host}`, 'Connection: close')],
  ])('is refused for %s, without a look at the database', async (_what, bytes) => {
    const { bench, serving } = await demoServer();
    await using _ = bench;
    const answer = await rawExchange(urlOf(bench), bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"request_invalid"');
    expect(serving.routes.reads).toEqual([]);
  });
});

describe('a request for a project', () => {
  it('gets the replay for a HEAD and for every other method, at once and after waiting', async () => {
    for (const state of ['active', 'dormant'] as const) {
      const { bench } = await demoServer(state);
      await using _ = bench;
      for (const method of ['HEAD', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        const answer = await ask(bench.port, { host, method });
        expect(answer).toMatchObject({ status: 200, text: '', headers: { 'fly-replay': demoHeader } });
      }
    }
  });

  it('is not asked for its body when it expects to be', async () => {
    for (const state of ['active', 'dormant'] as const) {
      const { bench } = await demoServer(state);
      await using _ = bench;
      const lines = ['POST /up HTTP/1.1', `Host: ${host}`, 'Content-Length: 5', 'Expect: 100-continue'];
      const answer = await rawExchange(urlOf(bench), http(...lines));
      // The connection ends: nobody can know whether the body will still be sent.
      expect(statuses(answer)).toEqual(['200']);
      expect(answer).toContain(replay);
      expect(answer).toContain('Connection: close');
    }
  });

  it('is asked for its body when it is the API’s', async () => {
    const { bench } = await demoServer();
    await using _ = bench;
    const lines = ['POST /api/nothing HTTP/1.1', 'Host: localhost', 'Content-Length: 2', 'Expect: 100-continue'];
    const answer = await rawExchange(urlOf(bench), `${http(...lines, 'Connection: close')}{}`);
    expect(statuses(answer)).toEqual(['100', '404']);
  });

  it('is answered before its body has come', async () => {
    const { bench } = await demoServer();
    await using _ = bench;
    for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 100000']) {
      await using connection = await rawConnection(urlOf(bench));
      connection.socket.write(http('POST /up HTTP/1.1', `Host: ${host}`, length));
      expect(String(await once(connection.socket, 'data'))).toContain(replay);
    }
  });

  it.each([
    ['chunks', 'Transfer-Encoding: chunked', '3\r\nabc\r\n0\r\n\r\n'],
    ['a length', 'Content-Length: 300000', 'x'.repeat(300_000)],
    [
      'something like a request in it',
      'Content-Length: 40',
      'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'.slice(0, 40),
    ],
  ])('leaves the connection in order when its body has %s', async (_what, length, body) => {
    for (const state of ['active', 'dormant'] as const) {
      const { bench } = await demoServer(state);
      await using _ = bench;
      const answers = await rawExchange(urlOf(bench), [
        http('POST /up HTTP/1.1', `Host: ${host}`, length),
        body,
        health,
      ]);
      expect(statuses(answers)).toEqual(['200', '200']);
      expect(answers.indexOf(replay)).toBeLessThan(answers.indexOf('"status":"ok"'));
    }
  });

  it('leaves it in order when it is refused', async () => {
    const { bench } = await demoServer();
    await using _ = bench;
    for (const asked of ['unknown.valet.test', 'a.b.valet.test']) {
      const post = `${http('POST /up HTTP/1.1', `Host: ${asked}`, 'Content-Length: 7')}GET / x`;
      expect(statuses(await rawExchange(urlOf(bench), [post, health]))).toEqual([expect.stringMatching(/^4/), '200']);
    }
  });

  it('is cut off with its connection when its body does not end', async () => {
    const { bench } = await demoServer();
    await using _ = bench;
    await using connection = await rawConnection(urlOf(bench));
    const { socket, ended } = connection;
    socket.write(http('POST /up HTTP/1.1', `Host: ${host}`, 'Transfer-Encoding: chunked'));
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    while (!socket.destroyed && socket.bytesWritten < 64 * 1024 * 1024) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => undefined), ended]);
    }
    expect(statuses(await ended)).toEqual(['200']);
    expect(socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('requests in a row on one connection', () => {
  it('are answered in their order, whatever is held', async () => {
    const { bench, serving } = await demoServer('dormant');
    await using _ = bench;
    const gate = Promise.withResolvers<ProjectView>();
    serving.waker.answer = () => gate.promise;
    const exchange = rawExchange(urlOf(bench), [
      http('GET /1 HTTP/1.1', `Host: ${host}`),
      http('GET /2 HTTP/1.1', 'Host: unknown.valet.test'),
      http('GET /3 HTTP/1.1', `Host: ${host}`),
      health,
    ]);
    await until('both held', () => serving.waker.calls.length === 2);
    gate.resolve(viewOf('demo'));
    const answers = await exchange;
    expect(statuses(answers)).toEqual(['200', '404', '200', '200']);
    expect(answers.match(new RegExp(replay, 'g'))).toHaveLength(2);
  });

  it('reuse it', async () => {
    const { bench } = await demoServer();
    await using _ = bench;
    await using connection = await rawConnection(urlOf(bench));
    for (let count = 0; count < 3; count += 1) {
      connection.socket.write(http('GET / HTTP/1.1', `Host: ${host}`));
      const answer = String(await once(connection.socket, 'data'));
      expect(answer).toContain(replay);
      expect(answer).toContain('Connection: keep-alive');
    }
  });
});

it('a preflight on a subdomain is ours, under /projects it is the project’s', async () => {
  const { bench, serving } = await demoServer('dormant');
  await using _ = bench;
  expect(await ask(bench.port, { host, method: 'OPTIONS', path: '/x' })).toMatchObject({ status: 204 });
  expect(serving.waker.calls).toEqual([]);
  const answer = await ask(bench.port, { method: 'OPTIONS', path: '/projects/demo/x' });
  expect(answer.headers['fly-replay']).toBe(demoHeader);
});
