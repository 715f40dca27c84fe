import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { rawConnection } from '../support/raw-http.js';
import { until, viewOf } from '../support/routing.js';
import { ask, askRaw, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';
const close = 'Connection: close\r\n\r\n';
const requests: readonly [what: string, bytes: string, status: RegExp][] = [
  ['no HTTP at all', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['no host', `GET / HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 400 /],
  [
    'two lengths',
    `POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n${close}`,
    /^HTTP\/1\.1 400 /,
  ],
  [
    'length and chunks',
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${close}`,
    /^HTTP\/1\.1 400 /,
  ],
  ['a header of 20 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n${close}`, /^HTTP\/1\.1 431 /],
  ['a space in a header name', `GET / HTTP/1.1\r\nHost: x\r\nX : a\r\n${close}`, /^HTTP\/1\.1 400 /],
  [
    'a bad escape',
    `GET /api/projects/%zz HTTP/1.1\r\nHost: x\r\n${close}`,
    /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/,
  ],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\nHost: x\r\n${close}`, /^HTTP\/1\.1 [24]/],
  ['an absolute target of nothing', `GET http://x/nothing HTTP/1.1\r\nHost: x\r\n${close}`, /^HTTP\/1\.1 4/],
  ['an encoded CRLF in an id', `GET /projects/a%0d%0aX:%20b HTTP/1.1\r\nHost: x\r\n${close}`, /^HTTP\/1\.1 400 /],
  ['a CRLF in an id', `GET /projects/a\r\nb/ HTTP/1.1\r\nHost: x\r\n${close}`, /^HTTP\/1\.1 400 /],
  ['a CRLF in the host', `GET / HTTP/1.1\r\nHost: demo\r\n.valet.test\r\n${close}`, /^HTTP\/1\.1 400 /],
  [
    'a length that is none',
    `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +5\r\n${close}hello`,
    /^HTTP\/1\.1 400 /,
  ],
  [
    'chunks that are not last',
    `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked, identity\r\n${close}0\r\n\r\n`,
    /^HTTP\/1\.1 400 /,
  ],
  [
    'length and chunks for a project',
    `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
    /^HTTP\/1\.1 400 /,
  ],
  ['a colon in front of a header', `GET / HTTP/1.1\r\nHost: ${host}\r\n: x\r\n${close}`, /^HTTP\/1\.1 400 /],
  ['a header that goes on in the next line', `GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n${close}`, /^HTTP\/1\.1 [24]/],
  ['HTTP/2 as if it were known', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 [45]/],
  ['a NUL in the path', `GET /projects/a\0b HTTP/1.1\r\nHost: x\r\n${close}`, /^HTTP\/1\.1 400 /],
];

describe('the server', () => {
  it.each(requests)('answers %s with a refusal and goes on', async (_what, bytes, expected) => {
    const serving = new TestServing({}, viewOf('demo'));
    await using bench = await startTestServer(serving);
    expect(await askRaw(bench.port, bytes)).toMatch(expected);
    expect(serving.routes.reads).toEqual([]);
    expect(await ask(bench.port, { path: '/health' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['that ends its chunks with garbage', (socket: Socket) => socket.write('zz\r\n')],
    ['that closes its half of the connection', (socket: Socket) => socket.end()],
    ['that is reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('lets go of a held request %s', async (_what, spoil) => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    serving.waker.answer = () => new Promise(() => undefined);
    await using bench = await startTestServer(serving);
    await using connection = await rawConnection(`http://127.0.0.1:${bench.port}`);
    connection.socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    await until('it to be held', () => serving.waker.calls.length === 1);
    spoil(connection.socket);
    await until('it to be let go', () => serving.waker.gaveUp === 1);
    expect(await connection.ended).not.toContain('fly-replay');
    expect(await ask(bench.port, { path: '/health' })).toMatchObject({ status: 200 });
  });

  it('goes on with connections on which nothing more comes', async () => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo')));
    await using open = new AsyncDisposableStack();
    for (const text of ['', 'GET', `GET / HTTP/1.1\r\nHost: ${host}\r\n`]) {
      open.use(await rawConnection(`http://127.0.0.1:${bench.port}`)).socket.write(text);
    }
    expect((await ask(bench.port, { host })).headers['fly-replay']).toBeDefined();
  });
});
