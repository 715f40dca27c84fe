import { Agent, type RequestListener, request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startProxy } from '../../../src/local/proxy/proxy.js';
import { proxyBench, TestServer, until } from '../../support/proxy.js';
import { ask, askEcho, echo } from '../../support/proxy-client.js';

describe('which instance answers', () => {
  test('any host name leads to the control plane, its instances take turns', async () => {
    await using bench = await proxyBench([echo('one'), echo('two')]);
    const names: string[] = [];
    for (const host of ['demo.localhost', 'localhost', '127.0.0.1', 'demo.localhost:80']) {
      const { name, headers } = await askEcho(bench.port, { headers: { host } });
      expect(headers.host).toBe(host);
      names.push(name);
    }
    expect(names).toEqual(['one', 'two', 'one', 'two']);
  });

  test('an instance that was killed is skipped, also for bodies that are too long to keep', async () => {
    await using bench = await proxyBench([echo('one'), echo('two')]);
    await bench.instances[0]?.kill();
    const body = Buffer.alloc(2_000_000, 'x');
    for (const wanted of [{}, {}, { method: 'POST', body }, { method: 'POST', body }]) {
      const echoed = await askEcho(bench.port, wanted);
      expect([echoed.name, echoed.body.length]).toEqual(['two', wanted.body?.length ?? 0]);
    }
  });

  test('a kept-alive connection to an instance that was killed and came back fails no request', async () => {
    await using bench = await proxyBench([echo('one')]);
    await askEcho(bench.port);
    for (let round = 0; round < 5; round++) {
      const [instance] = bench.instances;
      if (instance === undefined) throw new Error('no instance');
      await instance.kill();
      await instance.listen();
      expect((await askEcho(bench.port)).name).toBe('one');
    }
  });

  test('a kept-alive connection that resets at its next request costs a GET a second try, and no POST rides on one', async () => {
    const used = new WeakSet<Socket>();
    const onceEach: RequestListener = (asked, response) => {
      if (used.has(asked.socket)) return void asked.socket.resetAndDestroy();
      used.add(asked.socket);
      echo('one')(asked, response);
    };
    await using bench = await proxyBench([onceEach]);
    for (const method of ['GET', 'POST', 'GET', 'GET', 'POST']) {
      expect((await askEcho(bench.port, { method })).method).toBe(method);
    }
  });

  test('a POST in flight on an instance that dies is a 502 and is not sent again', async () => {
    let arrivals = 0;
    await using bench = await proxyBench([() => (arrivals += 1), () => (arrivals += 1)]);
    const reply = ask(bench.port, { method: 'POST', body: 'once' });
    await until(() => arrivals === 1);
    for (const one of bench.instances) one.resetConnections();
    expect(await reply).toMatchObject({ status: 502, body: '' });
    expect(arrivals).toBe(1);
  });

  test('with no instance that answers there is an empty 502 after the delay; one that comes back before is found', async () => {
    await using bench = await proxyBench([echo('one')]);
    await bench.instances[0]?.kill();
    expect(await ask(bench.port)).toMatchObject({ status: 502, body: '' });
    const late = askEcho(bench.port);
    await bench.instances[0]?.listen();
    expect((await late).name).toBe('one');
  });

  test('fly-force-instance-id picks one and has no fallback, fly-prefer-instance-id has one', async () => {
    await using bench = await proxyBench([echo('one'), echo('two')], { deadTargetDelayMs: 20 });
    const by = (headers: Record<string, string>) => askEcho(bench.port, { headers });
    for (let round = 0; round < 2; round++) {
      expect((await by({ 'fly-force-instance-id': 'cp-2' })).name).toBe('two');
      const preferred = await by({ 'fly-prefer-instance-id': 'cp-1' });
      expect([preferred.name, preferred.headers['fly-preferred-instance-unavailable']]).toEqual(['one', undefined]);
    }
    await bench.instances[1]?.kill();
    expect((await ask(bench.port, { headers: { 'fly-force-instance-id': 'cp-2' } })).status).toBe(502);
    const other = await by({ 'fly-prefer-instance-id': 'cp-2' });
    expect([other.name, other.headers['fly-preferred-instance-unavailable']]).toEqual(['one', 'cp-2']);
  });

  test('a port that is taken rejects with EADDRINUSE', async () => {
    await using taken = await new TestServer(echo('taken')).listen();
    await using bench = await proxyBench([]);
    const { machines } = bench;
    const controlPlane = { app: 'control-plane', instances: () => [] };
    const start = startProxy({ machines, machineApp: 'projects', controlPlane, port: taken.address.port });
    await expect(start).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

test('sockets that die at random on either side leave a proxy that still answers', async () => {
  await using bench = await proxyBench([echo('one'), echo('two')], { requestTimeoutMs: 2_000 });
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const asks = Array.from({ length: 150 }, (_, at) => {
    const outgoing = request({ host: '127.0.0.1', port: bench.port, agent, method: at % 2 ? 'POST' : 'GET' });
    const ended = new Promise((resolve) => outgoing.once('close', resolve));
    outgoing.on('error', () => undefined).on('response', (message) => message.on('error', () => undefined).resume());
    outgoing.end(at % 2 ? Buffer.alloc(100_000) : undefined);
    if (at % 7 === 0) setTimeout(() => outgoing.destroy(), at % 30);
    if (at % 11 === 0) setTimeout(() => bench.instances[at % 2]?.resetConnections(), at % 40);
    return ended;
  });
  await Promise.all(asks);
  agent.destroy();
  expect((await ask(bench.port)).status).toBe(200);
});
