import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type ProxyBench,
  proxyBench,
  replaying,
  type TestMachine,
  testService,
  until,
} from '../../../support/proxy.js';
import { ask, echo } from '../../../support/proxy-client.js';

/** Fly's default, with which one open request is next to nothing. */
const service = testService({ concurrency: { type: 'connections', softLimit: 20, hardLimit: undefined } });

/** RFC 6455, section 1.3 */
const webSocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Two machines in one region, so that one is in excess; `a` is the one that the control plane leads to. */
async function pairBench(): Promise<{ bench: ProxyBench; a: TestMachine; b: TestMachine }> {
  const bench = await proxyBench([replaying('app=projects;instance=a')], {
    autostop: { passMs: 3_600_000, idleMs: 0 },
  });
  const a = await bench.machines.add('a', echo('a'), { service });
  const b = await bench.machines.add('b', echo('b'), { service: { ...service, autostop: 'off' } });
  return { bench, a, b };
}

test('a machine with a request in flight below its soft limit is stopped when another runs: the request is a 502', async () => {
  const { bench, a } = await pairBench();
  await using _ = bench;
  let asked = 0;
  a.program.server.removeAllListeners('request').on('request', () => (asked += 1));
  a.service = { ...service, autostop: 'stop' };
  const reply = ask(bench.port, { method: 'POST' });
  await until(() => asked === 1);
  a.gate = () => a.program.kill();
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  expect((await reply).status).toBe(502);
});

test('a soft limit of 1 protects it', async () => {
  const { bench, a } = await pairBench();
  await using _ = bench;
  const answer = Promise.withResolvers<void>();
  let asked = 0;
  a.program.server.removeAllListeners('request').on('request', async (_asked, response) => {
    asked += 1;
    await answer.promise;
    response.end('done');
  });
  a.service = testService();
  const reply = ask(bench.port);
  await until(() => asked === 1);
  expect(await bench.proxy.autostopPass()).toEqual([]);
  answer.resolve();
  expect((await reply).body).toBe('done');
});

test('WebSockets below the soft limit are closed with "going away" on both ends before the machine sleeps', async () => {
  const { bench, a } = await pairBench();
  await using _ = bench;
  const server = new WebSocketServer({ server: a.program.server });
  const seenByMachine: number[] = [];
  server.on('connection', (socket) => {
    socket.on('close', (code) => seenByMachine.push(code)).send('x'.repeat(100_000));
  });
  const sockets = [1, 2].map(() => new WebSocket(`ws://127.0.0.1:${bench.port}/`));
  await Promise.all(sockets.map((socket) => once(socket, 'message')));
  let openAtSleep = -1;
  a.gate = async () => {
    openAtSleep = server.clients.size;
  };
  const closed = sockets.map((socket) => once(socket, 'close'));
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  expect((await Promise.all(closed)).map(([code]) => code)).toEqual([1001, 1001]);
  expect([openAtSleep, ...seenByMachine]).toEqual([0, 1001, 1001]);
});

test('the close never falls into the middle of a message', async () => {
  const { bench, a } = await pairBench();
  await using _ = bench;
  const message = Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]);
  const upgraded = Promise.withResolvers<Duplex>();
  a.program.server.on('upgrade', (asked, socket) => {
    const key = createHash('sha1').update(`${asked.headers['sec-websocket-key']}${webSocketGuid}`).digest('base64');
    const head = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`;
    socket
      .on('error', () => undefined)
      .resume()
      .write(`HTTP/1.1 101 Switching Protocols\r\n${head}`);
    socket.once('end', () => socket.end());
    socket.write(message.subarray(0, 4));
    upgraded.resolve(socket);
  });
  const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/`);
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(String(data)));
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const pass = bench.proxy.autostopPass();
  (await upgraded.promise).write(message.subarray(4));
  expect((await closed)[0]).toBe(1001);
  expect(heard).toEqual(['hello']);
  expect(await pass).toEqual(['a']);
});

test('a client that does not answer the close is cut off, and the machine sleeps all the same', async () => {
  const { bench, a } = await pairBench();
  await using _ = bench;
  const server = new WebSocketServer({ server: a.program.server });
  const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/`);
  await once(socket, 'open');
  await until(() => server.clients.size === 1);
  socket.pause();
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  await until(() => server.clients.size === 0);
  socket.terminate();
});

test('a client that comes back at once waits until its machine sleeps, and wakes it', async () => {
  const { bench, a } = await pairBench();
  await using _ = bench;
  new WebSocketServer({ server: a.program.server });
  const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/`);
  await once(socket, 'open');
  const reconnected = once(socket, 'close').then(() => ask(bench.port));
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  expect((await reconnected).status).toBe(200);
  expect(a.starts).toEqual(['proxy']);
});
