import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proxyBench, replaying, TestServer, until } from '../../support/proxy.js';
import { ask, askEcho, echo, rawAsk } from '../../support/proxy-client.js';

const close = 'Host: h\r\nConnection: close\r\n';

describe('a client that speaks no sound HTTP is refused', () => {
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['an unknown method', `BREW / HTTP/1.1\r\n${close}\r\n`, 400],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a target that is no path', `GET a HTTP/1.1\r\n${close}\r\n`, 400],
    ['bytes beyond ASCII in the target', `GET /\xe9 HTTP/1.1\r\n${close}\r\n`, 400],
    ['a space in the target', `GET /a b HTTP/1.1\r\n${close}\r\n`, 400],
    ['a header without a name', `GET / HTTP/1.1\r\n${close}: x\r\n\r\n`, 400],
    ['a header with a NUL', `GET / HTTP/1.1\r\n${close}A: \0\r\n\r\n`, 400],
    ['a length that is no number', `POST / HTTP/1.1\r\n${close}Content-Length: x\r\n\r\n`, 400],
    ['two lengths', `POST / HTTP/1.1\r\n${close}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    [
      'a length and chunks',
      `POST / HTTP/1.1\r\n${close}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['a chunk without a size', `POST / HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\nz\r\n`, 400],
    ['giant headers', `GET / HTTP/1.1\r\n${close}A: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['a giant target', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n${close}\r\n`, 431],
  ])('%s', async (_, bytes, status) => {
    await using bench = await proxyBench([echo('one')]);
    expect(await rawAsk(bench.port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await askEcho(bench.port)).name).toBe('one');
  });

  test('CONNECT ends without an answer', async () => {
    await using bench = await proxyBench([echo('one')]);
    expect(await rawAsk(bench.port, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')).toBe('');
    expect((await askEcho(bench.port)).name).toBe('one');
  });
});

describe('what is odd but sound is served', () => {
  test.each([
    ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n'],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\n${close}\r\n`],
    ['bytes beyond ASCII in a header', `GET / HTTP/1.1\r\n${close}A: \xe9\r\n\r\n`],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
    ['a Host that is no name', 'GET / HTTP/1.1\r\nHost: [::%\\..fly.localhost\r\nConnection: close\r\n\r\n'],
    ['an absolute form without a path', 'GET http://x HTTP/1.1\r\nHost: y\r\nConnection: close\r\n\r\n'],
    ['a header many times', `GET / HTTP/1.1\r\n${close}${'A: 1\r\n'.repeat(200)}\r\n`],
  ])('%s', async (_, bytes) => {
    await using bench = await proxyBench([echo('one')]);
    const answer = await rawAsk(bench.port, bytes);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
    expect(answer).toContain('"name":"one"');
  });
});

test('a body that breaks off is not handed on', async () => {
  let asked = 0;
  await using bench = await proxyBench([() => (asked += 1)]);
  const broken = connect(bench.port, '127.0.0.1');
  broken.end('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
  await text(broken);
  expect(asked).toBe(0);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['giant headers', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['an end before the head is whole', 'HTTP/1.1 200 OK\r\nA: '],
  [
    'a replay whose body breaks off',
    'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.fly.replay+json\r\nContent-Length: 9\r\n\r\n{',
  ],
])('an instance that answers %s is a 502', async (_, bytes) => {
  await using raw = await new TestServer(() => undefined).listen();
  raw.server.removeAllListeners('connection').on('connection', (socket) => {
    socket.on('error', () => undefined).resume();
    socket.end(bytes);
  });
  const instances = () => [{ id: 'cp', ...raw.address }];
  await using bench = await proxyBench([], { controlPlane: { app: 'control-plane', instances } });
  expect((await ask(bench.port)).status).toBe(502);
});

test('whatever an instance writes into fly-replay, the proxy answers', async () => {
  let header = '';
  await using bench = await proxyBench([(asked, response) => replaying(header)(asked, response)], {
    deadTargetDelayMs: 1,
  });
  await bench.machines.add('m1', echo('m1'));
  const word = fc.constantFrom(
    'app',
    'instance',
    'region',
    'state',
    'timeout',
    '=',
    ';',
    '"',
    ',',
    'm1',
    'projects',
    '5s',
    ' ',
    '__proto__',
  );
  const anything = fc.oneof(
    fc.array(word).map((words) => words.join('')),
    fc.stringMatching(/^[\x21-\x7e]*$/),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (generated) => {
      header = generated;
      const { status } = await ask(bench.port);
      expect([200, 502]).toContain(status);
    }),
    { numRuns: 150 },
  );
});

test('whatever bytes arrive, in whatever pieces, the proxy goes on', async () => {
  await using bench = await proxyBench([echo('one')], { deadTargetDelayMs: 1 });
  const sound =
    'POST /a HTTP/1.1\r\nHost: demo.localhost\r\nTransfer-Encoding: chunked\r\nUpgrade: websocket\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
  const damage = fc.tuple(fc.nat(sound.length), fc.nat(20), fc.string({ unit: 'binary-ascii' }));
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(sound.length), async ([at, length, bytes], cut) => {
      const socket = connect(bench.port, '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      const sent = sound.slice(0, at) + bytes + sound.slice(at + length);
      socket.write(sent.slice(0, cut), 'latin1');
      socket.end(sent.slice(cut), 'latin1');
      await new Promise((resolve) => socket.once('close', resolve));
      ended += 1;
    }),
    { numRuns: 150 },
  );
  await until(() => ended === 150);
  expect((await askEcho(bench.port)).name).toBe('one');
});
