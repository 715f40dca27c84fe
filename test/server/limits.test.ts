import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { ArchiveContent } from '../../src/sdk/valet.js';
import type { Limits } from '../../src/server/index.js';
import { privateLimits, publicLimits } from '../../src/server/limits.js';
import { sampleArchive, sampleProject } from '../support/fake-valet.js';
import { rawConnection, rawExchange } from '../support/raw-http.js';
import { until, viewOf } from '../support/routing.js';
import { ask, asOperator, openSocket, startTestServer, TestServing } from '../support/server.js';

const health = 'GET /health HTTP/1.1\r\nHost: x\r\n';
const quick: Partial<Limits> = { headersTimeoutMs: 150, requestTimeoutMs: 300 };

const serverWith = (limits: Partial<Limits>, serving = new TestServing({}, viewOf('demo'))) =>
  startTestServer(serving, { limits });

const urlOf = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}`;

test('headers that do not come to their end are cut off with 408', async () => {
  await using bench = await serverWith(quick);
  await using client = await rawConnection(urlOf(bench));
  client.socket.write('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const dripping = setInterval(() => client.socket.write('a'), 20);
  expect(await client.ended).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/);
  clearInterval(dripping);
});

test('a connection that never says anything is cut off', async () => {
  await using bench = await serverWith(quick);
  await using client = await rawConnection(urlOf(bench));
  expect(await client.ended).toMatch(/^(HTTP\/1\.1 408 |$)/);
  await until('no connection', () => bench.server.connections.open === 0);
});

test('a body that does not come to its end is cut off with 408, and its call is never made', async () => {
  await using bench = await serverWith(quick);
  await using client = await rawConnection(urlOf(bench));
  const head = 'POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n';
  client.socket.write(head);
  const dripping = setInterval(() => client.socket.write(' '), 20);
  expect(await client.ended).toMatch(/^HTTP\/1\.1 408 /);
  clearInterval(dripping);
});

test('headers over the bound get 431', async () => {
  await using bench = await serverWith({ maxHeaderBytes: 1_000 });
  expect(await rawExchange(urlOf(bench), `${health}X: ${'a'.repeat(1_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});

test.each([
  ['a length', ['Content-Length: 65537\r\n\r\n']],
  ['chunks', ['Transfer-Encoding: chunked\r\n\r\n10001\r\n', 'a'.repeat(0x10001), '\r\n0\r\n\r\n']],
])('a body over the bound, told by %s, gets 413 and its connection ends', async (_how, rest) => {
  await using bench = await serverWith({});
  const head = 'POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const [first = '', ...more] = rest;
  const answer = await rawExchange(urlOf(bench), [`${head}${first}`, ...more]);
  expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*application\/problem\+json/);
  expect(answer).toMatch(/\r\nConnection: close\r\n/i);
});

test('a connection without a next request is ended after the keep-alive time', async () => {
  await using bench = await serverWith({ keepAliveTimeoutMs: 50 });
  await using client = await rawConnection(urlOf(bench));
  client.socket.write(`${health}\r\n`);
  expect(await client.ended).toMatch(/^HTTP\/1\.1 200 /);
});

test('connections over the bound are closed at once, told when it begins and when it ends, and counted', async () => {
  await using bench = await serverWith({ maxConnections: 2, unreadTimeoutMs: 100 });
  await using first = await rawConnection(urlOf(bench));
  await using second = await rawConnection(urlOf(bench));
  for (const _time of [1, 2]) {
    const turnedAway = connect(bench.port, '127.0.0.1');
    turnedAway.on('error', () => undefined);
    await once(turnedAway, 'close');
  }
  expect(bench.server.connections).toMatchObject({ open: 2, dropped: 2 });
  first.socket.end(`${health}Connection: close\r\n\r\n`);
  expect(await first.ended).toMatch(/^HTTP\/1\.1 200 /);
  expect((await ask(bench.port, { path: '/health' })).status).toBe(200);
  second.socket.destroy();
  const told = () => bench.logged.filter(({ msg }) => String(msg).includes('turned away')).map(({ msg }) => msg);
  await until('the end to be told', () => told().length === 2);
  expect(told()).toEqual(['connections turned away', 'connections no longer turned away']);
  expect(bench.logged).toContainEqual(expect.objectContaining({ listener: 'public', max_connections: 2 }));
});

test('a client that does not read its answers is cut off, however many requests it sends', async () => {
  await using bench = await serverWith({ unreadTimeoutMs: 100 });
  await using client = await rawConnection(urlOf(bench));
  client.socket.pause();
  client.socket.write('GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(300));
  await until('the cut', () => bench.server.connections.cut === 1);
  await until('no connection', () => bench.server.connections.open === 0);
  expect(bench.logged).toContainEqual(expect.objectContaining({ msg: 'slow readers cut', connections: 1 }));
});

async function nextChunk(socket: Socket): Promise<Buffer> {
  const [chunk] = await once(socket, 'data');
  return chunk;
}

/** Goes on for as long as it is read. */
function endlessArchive(ended: () => void): ArchiveContent {
  const block = Buffer.alloc(256 * 1024);
  async function* bytes() {
    try {
      while (true) yield block;
    } finally {
      ended();
    }
  }
  return { archive: sampleArchive(), body: bytes() };
}

test('a reader of an archive who stalls is cut off, and what is read from R2 ends; one that reads slowly is not', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const serving = new TestServing({ archives: { read: async () => endlessArchive(resolve) } });
  await using bench = await serverWith({ unreadTimeoutMs: 400 }, serving);
  const socket = await openSocket(bench.port);
  socket.on('error', () => undefined);
  socket.write(`GET /api/archives/1/content HTTP/1.1\r\nHost: x\r\nAuthorization: ${asOperator.authorization}\r\n\r\n`);
  const beganAt = performance.now();
  while (performance.now() - beganAt < 800) {
    // As much as lies between the two ends: only then does the sender notice that somebody reads.
    for (let read = 0; read < 8_000_000; ) read += (await nextChunk(socket)).length;
    socket.pause();
    await new Promise((going) => setTimeout(going, 40));
    socket.resume();
  }
  expect(bench.server.connections.cut).toBe(0);
  socket.pause();
  await ended;
  expect(bench.server.connections.cut).toBe(1);
  socket.destroy();
});

test('a request that waits for its answer is not taken for one that does not read', async () => {
  const gate = Promise.withResolvers<void>();
  const wake = async () => {
    await gate.promise;
    return sampleProject();
  };
  await using bench = await serverWith({ unreadTimeoutMs: 40 }, new TestServing({ projects: { wake } }));
  const asking = ask(bench.port, { method: 'POST', path: '/api/projects/demo/wake', headers: asOperator });
  await new Promise((going) => setTimeout(going, 200));
  gate.resolve();
  expect((await asking).status).toBe(200);
});

test('the private port has bounds of its own', async () => {
  await using bench = await serverWith({});
  const url = `http://127.0.0.1:${bench.privatePort}`;
  const ready = `GET /health/ready HTTP/1.1\r\nHost: x\r\n`;
  expect(await rawExchange(url, `${ready}X: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  const clients = await Promise.all(Array.from({ length: privateLimits.maxConnections }, () => rawConnection(url)));
  const oneMore = connect(bench.privatePort, '127.0.0.1');
  oneMore.on('error', () => undefined);
  await once(oneMore, 'close');
  for (const client of clients) client.socket.destroy();
});

test('docs/operations.md tells the limits that hold', async () => {
  const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const row = (what: string) => page.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? `no row ${what}`;
  const secs = (ms: number) => `${ms / 1000} s`;
  const wide = publicLimits(0);
  for (const [what, pub, own] of [
    ['header size', `${wide.maxHeaderBytes / 1024} KiB`, `${privateLimits.maxHeaderBytes / 1024} KiB`],
    ['time for the headers', secs(wide.headersTimeoutMs), secs(privateLimits.headersTimeoutMs)],
    [
      'time for the whole request',
      `wake timeout + ${secs(wide.requestTimeoutMs)}`,
      secs(privateLimits.requestTimeoutMs),
    ],
    ['time between two requests', secs(wide.keepAliveTimeoutMs), secs(privateLimits.keepAliveTimeoutMs)],
    ['time without reading', secs(wide.unreadTimeoutMs), secs(privateLimits.unreadTimeoutMs)],
    ['connections', wide.maxConnections.toLocaleString('en'), `${privateLimits.maxConnections}`],
  ] as const)
    expect(row(what)).toMatch(new RegExp(`^\\| ${what} \\| ${pub.replace('+', '\\+')} \\| ${own} \\|`));
});
