import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rawConnection, rawExchange } from '../support/raw-http.js';
import { demoHeader, until, viewOf } from '../support/routing.js';
import { ask, startTestServer, type TestServer, TestServing } from '../support/server.js';

let serving: TestServing;
let bench: TestServer;

beforeAll(async () => {
  serving = new TestServing({}, viewOf('demo'), viewOf('smuggled'));
  bench = await startTestServer(serving);
});

afterAll(() => bench[Symbol.asyncDispose]());

beforeEach(() => {
  serving.routes.reads.length = 0;
});

const url = () => `http://127.0.0.1:${bench.port}`;
const demo = 'Host: demo.valet.test\r\n';
const close = 'Connection: close\r\n\r\n';
/** What must never be answered as a request of its own. */
const smuggled = 'GET /secret HTTP/1.1\r\nHost: smuggled.valet.test\r\nConnection: close\r\n\r\n';
const refused = /^HTTP\/1\.1 400 /;
/** TLS 1.2, handshake, client hello: as far as any parser gets. */
const clientHello = '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03';

/** What it is, what is sent, and how it is answered. An empty answer is a closed connection. */
const table: readonly [what: string, bytes: string, answer: RegExp][] = [
  ['no HTTP at all', 'hello\r\n\r\n', refused],
  ['HTTP/0.9', 'GET /\r\n\r\n', /^HTTP\/1\.1 404 /],
  ['an HTTP version that there is not', `GET / HTTP/9.9\r\n${demo}${close}`, refused],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refused],
  ['the hello of TLS', clientHello, refused],
  ['bytes that are no text', '\xff\xfe\x00\x01\r\n\r\n', refused],

  ['an invented method', `BREW / HTTP/1.1\r\n${demo}${close}`, refused],
  ['a method in small letters', `get / HTTP/1.1\r\n${demo}${close}`, refused],
  ['an empty request line', ` / HTTP/1.1\r\n${demo}${close}`, refused],
  ['CONNECT', `CONNECT smuggled.valet.test:80 HTTP/1.1\r\n${demo}\r\n`, /^$/],

  ['no host', `GET / HTTP/1.1\r\n${close}`, refused],
  ['a NUL in the path', `GET /projects/a\0b HTTP/1.1\r\nHost: x\r\n${close}`, refused],
  ['a NUL in a header', `GET / HTTP/1.1\r\n${demo}X: a\0b\r\n${close}`, refused],
  ['a space in a header name', `GET / HTTP/1.1\r\n${demo}X : a\r\n${close}`, refused],
  ['a header without a name', `GET / HTTP/1.1\r\n${demo}: a\r\n${close}`, refused],
  ['a header without a colon', `GET / HTTP/1.1\r\n${demo}nonsense\r\n${close}`, refused],
  ['a folded header', `GET / HTTP/1.1\r\n${demo}X: a\r\n b\r\n${close}`, refused],
  ['lines that end without CR', `GET / HTTP/1.1\n${demo.replace('\r', '')}Connection: close\n\n`, refused],
  ['a CR without LF in a header', `GET / HTTP/1.1\r\n${demo}X: a\rY: b\r\n${close}`, refused],
  ['a header of 20 KB', `GET / HTTP/1.1\r\n${demo}X: ${'a'.repeat(20_000)}\r\n${close}`, /^HTTP\/1\.1 431 /],
  ['an address of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${demo}${close}`, /^HTTP\/1\.1 431 /],
  ['5,000 headers', `GET / HTTP/1.1\r\n${demo}${'X: a\r\n'.repeat(5_000)}${close}`, /^HTTP\/1\.1 431 /],

  ['two lengths', `POST / HTTP/1.1\r\n${demo}Content-Length: 1\r\nContent-Length: 2\r\n\r\n${smuggled}`, refused],
  ['a negative length', `POST / HTTP/1.1\r\n${demo}Content-Length: -1\r\n\r\n${smuggled}`, refused],
  ['a length with a sign', `POST / HTTP/1.1\r\n${demo}Content-Length: +5\r\n\r\n${smuggled}`, refused],
  ['a length in hexadecimal', `POST / HTTP/1.1\r\n${demo}Content-Length: 0x5\r\n\r\n${smuggled}`, refused],
  ['a length beyond all numbers', `POST / HTTP/1.1\r\n${demo}Content-Length: ${'9'.repeat(30)}\r\n\r\n`, refused],
  [
    'a length and chunks',
    `POST / HTTP/1.1\r\n${demo}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    refused,
  ],
  [
    'chunks and a length',
    `POST / HTTP/1.1\r\n${demo}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`,
    refused,
  ],
  [
    'chunks that are not the last coding',
    `POST / HTTP/1.1\r\n${demo}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    refused,
  ],
];

describe('malformed requests', () => {
  it.each(table)('%s: refused or cut off, nobody gets what follows it, and the instance goes on', async (...row) => {
    const [, bytes, answer] = row;
    const text = await rawExchange(url(), [Buffer.from(bytes, 'latin1')]);
    expect(text).toMatch(answer);
    expect(text.match(/^HTTP\/1\.1 /gm)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(text).not.toContain('fly-replay');
    expect(serving.routes.reads).toEqual([]);
    expect((await ask(bench.port, { host: 'demo.valet.test' })).headers['fly-replay']).toBe(demoHeader);
  });

  /** The head is whole, so the request is answered; what is wrong comes after it and ends the connection. */
  const bodies: readonly [what: string, bytes: string][] = [
    ['a chunk size that is no number', `Transfer-Encoding: chunked\r\n\r\nzz\r\n${smuggled}`],
    ['a negative chunk size', `Transfer-Encoding: chunked\r\n\r\n-1\r\n${smuggled}`],
    ['a chunk size beyond all numbers', `Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n${smuggled}`],
    ['a chunk longer than it says', `Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n${smuggled}`],
    ['a chunk without its CR', `Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n${smuggled}`],
    ['an endless chunk extension', `Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`],
    ['an unknown coding', `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['garbage after the body', `Content-Length: 2\r\n\r\n{}\x01\x02\r\n\r\n`],
  ];

  it.each(bodies)('%s: nothing after it is a request, and the instance goes on', async (_what, rest) => {
    const text = await rawExchange(url(), [Buffer.from(`POST / HTTP/1.1\r\n${demo}${rest}`, 'latin1')]);
    expect(serving.routes.reads).not.toContain('smuggled');
    expect(text).not.toContain('m-smuggled');
    expect((await ask(bench.port, { host: 'demo.valet.test' })).headers['fly-replay']).toBe(demoHeader);
  });

  const ids: readonly [what: string, target: string, host: string][] = [
    ['CRLF, escaped, in the id', '/projects/demo%0d%0afly-replay:%20instance=x/', 'localhost'],
    ['CRLF, escaped, in an API id', '/api/projects/demo%0d%0aX-Injected:%201', 'localhost'],
    ['a broken escape', '/api/projects/%zz', 'localhost'],
    ['a host with an escape', '/', 'demo%0d%0a.valet.test'],
    ['a way up', '/projects/../projects/smuggled%2f', 'localhost'],
  ];

  it.each(ids)('%s: refused with its words harmless', async (_what, target, host) => {
    const text = await rawExchange(url(), `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${close}`);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    const [head = ''] = text.split('\r\n\r\n');
    expect(head).not.toMatch(/^(fly-replay|x-injected):/im);
    expect(serving.routes.reads).not.toContain('smuggled');
  });

  it('a request id with anything strange in it is replaced by one of our own', async () => {
    const id = (sent: string) =>
      ask(bench.port, { path: '/nothing', headers: { 'fly-request-id': sent } }).then(({ json }) => json);
    expect(await id('01ABC-sjc')).toMatchObject({ request_id: '01ABC-sjc' });
    expect(await id('a"}{"level":"fatal')).toMatchObject({ request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await id('x'.repeat(101))).toMatchObject({ request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});

describe('a request that is held', () => {
  it.each([
    ['ends its chunks with garbage', (socket: Socket) => socket.write('zz\r\n')],
    ['closes its half of the connection', (socket: Socket) => socket.end()],
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is let go of when it %s', async (_how, spoil) => {
    const sleeping = new TestServing({}, viewOf('demo', 'dormant'));
    sleeping.waker.answer = () => new Promise(() => undefined);
    await using server = await startTestServer(sleeping);
    await using client = await rawConnection(`http://127.0.0.1:${server.port}`);
    client.socket.write(`POST / HTTP/1.1\r\n${demo}Transfer-Encoding: chunked\r\n\r\n`);
    await until('it to be held', () => sleeping.waker.calls.length === 1);
    spoil(client.socket);
    await until('it to be let go', () => sleeping.waker.gaveUp === 1);
    expect(await client.ended).not.toContain('fly-replay');
    expect(await ask(server.port, { path: '/health' })).toMatchObject({ status: 200 });
  });
});

describe('half a connection', () => {
  it('that ends within its headers is closed', async () => {
    await using client = await rawConnection(url());
    client.socket.end(`GET / HTTP/1.1\r\n${demo}`);
    expect(await client.ended).not.toContain('fly-replay');
  });

  it('that ends within its body frees what was held for it', async () => {
    await using client = await rawConnection(url());
    client.socket.end(`POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`);
    await client.ended;
    expect((await ask(bench.port, { path: '/health' })).status).toBe(200);
  });

  it('that is reset amid a request leaves the instance alone', async () => {
    await using client = await rawConnection(url());
    client.socket.write(`GET / HTTP/1.1\r\n${demo}`);
    client.socket.resetAndDestroy();
    await once(client.socket, 'close');
    expect((await ask(bench.port, { path: '/health' })).status).toBe(200);
  });
});
