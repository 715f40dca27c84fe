import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { proxyBench, replaying, until } from '../../support/proxy.js';
import { ask, echo } from '../../support/proxy-client.js';

function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|Timeout)/.test(kind));
}

test('stop ends whatever is open, twice does no harm, and no handle stays', async () => {
  const before = openHandles().length;
  const bench = await proxyBench([replaying('app=projects;instance=m1')], { autostop: { passMs: 50, idleMs: 60_000 } });
  let silent = 0;
  const machine = await bench.machines.add('m1', () => (silent += 1));
  new WebSocketServer({ server: machine.program.server });
  const socket = new WebSocket(`ws://127.0.0.1:${bench.port}`);
  await once(socket, 'open');
  const idle = connect(bench.port, '127.0.0.1');
  await once(idle, 'connect');
  const refused = expect(ask(bench.port)).rejects.toThrow();
  await until(() => silent === 1);
  const gone = [once(socket, 'close'), once(idle, 'close')];
  await bench.proxy.stop();
  await Promise.all([...gone, refused]);
  await bench.proxy.stop();
  await expect(ask(bench.port)).rejects.toThrow('ECONNREFUSED');
  await bench[Symbol.asyncDispose]();
  await until(() => openHandles().length <= before);
});

test('stop does not wait for a dead target or for a machine that starts', async () => {
  await using bench = await proxyBench(
    [(asked, response) => replaying(`app=projects;instance=${asked.url?.slice(1)}`)(asked, response)],
    { deadTargetDelayMs: 60_000 },
  );
  const never = Promise.withResolvers<void>();
  const machine = await bench.machines.add('m1', echo('m1'), { state: 'suspended', gate: () => never.promise });
  const replies = Promise.allSettled([ask(bench.port, { path: '/gone' }), ask(bench.port, { path: '/m1' })]);
  await until(() => machine.starts.length === 1);
  await bench.proxy.stop();
  expect((await replies).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  never.resolve();
});
