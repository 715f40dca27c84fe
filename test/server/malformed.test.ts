import { describe, expect, it } from 'vitest';
import { ask, askRaw, startTestServer, TestServing } from '../support/server.js';

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
  ['a NUL in the path', `GET /projects/a\0b HTTP/1.1\r\nHost: x\r\n${close}`, /^HTTP\/1\.1 400 /],
];

describe('the server', () => {
  it.each(requests)('answers %s with a refusal and goes on', async (_what, bytes, expected) => {
    await using bench = await startTestServer(new TestServing());
    expect(await askRaw(bench.port, bytes)).toMatch(expected);
    expect(await ask(bench.port, { path: '/health' })).toMatchObject({ status: 200 });
  });
});
