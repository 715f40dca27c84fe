import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type ProxyBench,
  passesUntilAsleep,
  proxyBench,
  replaying,
  type TestServer,
  until,
} from '../../support/proxy.js';
import { ask, echo, fieldsOf } from '../../support/proxy-client.js';

/** A program that greets with the headers it was asked with, then repeats what it hears. */
function chat(program: TestServer): WebSocketServer {
  const server = new WebSocketServer({ server: program.server });
  server.on('connection', (socket, asked) => {
    socket.on('error', () => undefined).on('message', (data) => socket.send(String(data)));
    socket.send(JSON.stringify(asked.headers));
  });
  return server;
}

async function dial(bench: ProxyBench): Promise<{ socket: WebSocket; greeting: Record<string, string> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/chat?x=1`);
  const [data] = await once(socket, 'message');
  return { socket, greeting: JSON.parse(String(data)) };
}

const handshake = [
  'GET /chat HTTP/1.1',
  'Host: demo.localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

async function rawHandshake(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(handshake);
  return text(socket);
}

describe('a WebSocket', () => {
  test('is replayed to a suspended machine, which is woken and does the handshake itself', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects;state=ws')]);
    const machine = await bench.machines.add('m1', echo('m1'), { state: 'suspended' });
    chat(machine.program);
    const { socket, greeting } = await dial(bench);
    expect(fieldsOf(greeting['fly-replay-src'])).toMatchObject({ instance: 'cp-1', state: 'ws' });
    expect(greeting).toMatchObject({
      'fly-request-id': expect.any(String),
      upgrade: 'websocket',
      'fly-client-ip': '127.0.0.1',
    });
    const long = 'x'.repeat(1_000_000);
    socket.send(long);
    const [back] = await once(socket, 'message');
    expect(String(back)).toBe(long);
    socket.close(1000);
    expect((await once(socket, 'close'))[0]).toBe(1000);
    expect(machine.starts).toEqual(['proxy']);
  });

  test.each([
    ['the client', 4001],
    ['the machine', 4002],
  ])('closed by %s passes code %d and reason to the other side, frames of all kinds before it', async (side, code) => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')]);
    const machine = await bench.machines.add('m1', echo('m1'));
    const server = new WebSocketServer({ server: machine.program.server });
    const accepted = once(server, 'connection');
    const client = new WebSocket(`ws://127.0.0.1:${bench.port}/`);
    const [there] = (await accepted) as [WebSocket];
    await once(client, 'open');
    const [from, to] = side === 'the client' ? [client, there] : [there, client];
    const got: unknown[] = [];
    to.on('message', (data, binary) => got.push(binary ? data : String(data))).on('ping', (data) => got.push(data));
    const ponged = once(from, 'pong');
    from.send(Buffer.from([0, 255]));
    from.ping('p');
    from.send('first ', { fin: false });
    from.send('second', { fin: true });
    expect(String((await ponged)[0])).toBe('p');
    const closed = once(to, 'close');
    from.close(code, 'why');
    const [seen, reason] = await closed;
    expect([seen, String(reason)]).toEqual([code, 'why']);
    expect(got).toEqual([Buffer.from([0, 255]), Buffer.from('p'), 'first second']);
  });

  test('may be accepted by the control plane itself', async () => {
    await using bench = await proxyBench([echo('one')]);
    for (const one of bench.instances) chat(one);
    const { socket } = await dial(bench);
    socket.terminate();
  });

  test('ends at the client when the machine dies, and at the machine when the client dies', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')]);
    const machine = await bench.machines.add('m1', echo('m1'));
    const server = chat(machine.program);
    const first = await dial(bench);
    machine.program.resetConnections();
    await once(first.socket, 'close');
    const second = await dial(bench);
    expect(server.clients.size).toBe(1);
    second.socket.terminate();
    await until(() => server.clients.size === 0);
  });

  test('keeps its machine from being put to sleep until it ends', async () => {
    const autostop = { passMs: 3_600_000, idleMs: 0 };
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { autostop });
    const machine = await bench.machines.add('m1', echo('m1'));
    chat(machine.program);
    const { socket } = await dial(bench);
    expect(await bench.proxy.autostopPass()).toEqual([]);
    socket.close();
    await once(socket, 'close');
    await passesUntilAsleep(bench, machine);
  });
});

test('an upgrade that has a body is an ordinary request, body and all', async () => {
  await using bench = await proxyBench([echo('one')]);
  const socket = connect(bench.port, '127.0.0.1');
  const head = 'POST / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\n';
  socket.write(`${head}body`);
  const answer = await text(socket);
  expect(answer).toContain('"body":"body"');
  expect(answer).not.toContain('"upgrade"');
});

describe('an upgrade that is refused', () => {
  test('is answered as the machine answered, whatever its length', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')]);
    const body = 'y'.repeat(3_000_000);
    await bench.machines.add('m1', (_, response) => void response.writeHead(403, { 'x-why': 'closed' }).end(body));
    const answer = await rawHandshake(bench.port);
    expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\nx-why: closed\r\n/);
    expect(answer.length).toBeGreaterThan(body.length);
  });

  test('for a dead target is an empty 502', async () => {
    await using bench = await proxyBench([replaying('instance=gone;app=projects')], { deadTargetDelayMs: 20 });
    expect(await rawHandshake(bench.port)).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n[\s\S]*\r\n\r\n$/);
  });
});

/** A control plane that speaks raw bytes. */
async function rawBench(speak: (socket: Socket) => void): Promise<ProxyBench> {
  const server = createServer((socket) => speak(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The raw server has no port.');
  const instances = () => [{ id: 'cp', host: '127.0.0.1', port: address.port }];
  const bench = await proxyBench([], { controlPlane: { app: 'control-plane', instances } });
  const dispose = async () => {
    await bench[Symbol.asyncDispose]();
    server.close();
    await once(server, 'close');
  };
  return { ...bench, [Symbol.asyncDispose]: dispose };
}

const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('bytes on either side of the handshake are not lost, nor those before a close', async () => {
  await using bench = await rawBench((target) => {
    target.once('data', () => {
      target.write(`${switched}early;`);
      target.once('data', (data) => target.end(`${data};${'z'.repeat(500_000)}`));
    });
  });
  const socket = connect(bench.port, '127.0.0.1');
  socket.write(`${handshake}hello`);
  const answer = await text(socket);
  expect(answer).toContain('\r\n\r\nearly;hello;z');
  expect(answer.match(/z/g)?.length).toBe(500_000);
});

test('a 101 that nobody asked for is a 502', async () => {
  await using bench = await rawBench((target) => target.once('data', () => target.write(switched)));
  expect((await ask(bench.port)).status).toBe(502);
});
