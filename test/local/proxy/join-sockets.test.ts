import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { joinSockets } from '../../../src/local/proxy/join-sockets.js';

interface SocketPair extends AsyncDisposable {
  readonly near: Socket;
  readonly far: Socket;
}

async function socketPair(): Promise<SocketPair> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const accepted = once(server, 'connection');
  const far = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const [near]: Socket[] = await accepted;
  if (near === undefined) throw new Error('No connection came.');
  for (const one of [near, far]) one.on('error', () => undefined);
  return {
    near,
    far,
    [Symbol.asyncDispose]: async () => {
      near.destroy();
      far.destroy();
      await once(server.close(), 'close');
    },
  };
}

const head = Buffer.alloc(0);

test('a client that is gone before it is joined costs its target the connection, and nobody waits', async () => {
  await using client = await socketPair();
  await using target = await socketPair();
  client.near.destroy();
  await once(client.near, 'close');
  await joinSockets({ socket: client.near, head }, { socket: target.near, head }, 'HTTP/1.1 101 X\r\n\r\n', undefined);
  expect(target.near.destroyed).toBe(true);
});

test('what came before the join is passed on both ways, and the end of one side ends the other', async () => {
  await using client = await socketPair();
  await using target = await socketPair();
  const joined = joinSockets(
    { socket: client.near, head: Buffer.from('early question') },
    { socket: target.near, head: Buffer.from('early answer') },
    'HTTP/1.1 101 X\r\n\r\n',
    undefined,
  );
  const [question] = await once(target.far, 'data');
  expect(String(question)).toBe('early question');
  target.far.end();
  expect(await text(client.far)).toBe('HTTP/1.1 101 X\r\n\r\nearly answer');
  await joined;
});
