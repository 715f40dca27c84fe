import { describe, expect, test } from 'vitest';
import { proxyBench, replaying } from '../../support/proxy.js';
import { ask, askEcho, echo, fieldsOf } from '../../support/proxy-client.js';

describe('the replayed request', () => {
  test('the target gets method, path, headers and body as the client sent them', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')]);
    await bench.machines.add('m1', echo('m1'));
    const body = 'x'.repeat(200_000);
    const wanted = { method: 'PUT', path: '/a/b?c=%20d', headers: { host: 'demo.localhost', 'X-Mine': '1' }, body };
    const echoed = await askEcho(bench.port, wanted);
    expect(echoed).toMatchObject({ name: 'm1', method: 'PUT', path: '/a/b?c=%20d', body });
    expect(echoed.headers).toMatchObject({ host: 'demo.localhost', 'x-mine': '1', 'fly-client-ip': '127.0.0.1' });
    expect(echoed.rawHeaders).toContain('X-Mine');
  });

  test('fly-replay-src names who replayed, when, and hands over the state', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects;state=epoch 7')], { region: 'ams' });
    await bench.machines.add('m1', echo('m1'));
    const forged = { 'fly-replay-src': 'instance=forged;state=forged' };
    const { headers } = await askEcho(bench.port, { headers: forged });
    const source = fieldsOf(headers['fly-replay-src']);
    expect(source).toMatchObject({ instance: 'cp-1', region: 'ams', state: 'epoch 7' });
    expect(Math.abs(Number(source.t) / 1000 - Date.now())).toBeLessThan(60_000);
    expect(headers['fly-replay-cache-status']).toBe('miss');
  });

  test('the JSON form can change path and headers, but not those that the proxy answers for', async () => {
    const replay = {
      app: 'projects',
      instance: 'm1',
      state: 'from json',
      transform: {
        path: '/new?y=2',
        delete_headers: ['Cookie', 'content-length'],
        set_headers: [
          { name: 'Authorization', value: 'Bearer b' },
          { name: 'fly-replay-src', value: 'instance=forged' },
          { name: 'Transfer-Encoding', value: 'chunked' },
        ],
      },
    };
    const type = { 'content-type': 'application/vnd.fly.replay+json; charset=utf-8' };
    await using bench = await proxyBench([(_, response) => response.writeHead(200, type).end(JSON.stringify(replay))]);
    await bench.machines.add('m1', echo('m1'));
    const headers = { cookie: 'secret', authorization: 'Bearer a', 'content-length': '2' };
    const echoed = await askEcho(bench.port, { method: 'POST', path: '/old', headers, body: 'hi' });
    expect(echoed).toMatchObject({ path: '/new?y=2', body: 'hi' });
    expect(echoed.headers).toMatchObject({ authorization: 'Bearer b', 'content-length': '2' });
    expect(echoed.headers).not.toHaveProperty('cookie');
    expect(fieldsOf(echoed.headers['fly-replay-src'])).toMatchObject({ instance: 'cp-1', state: 'from json' });
  });

  test('a body over 1 MB reaches the control plane whole, and a replay of it is a 502', async () => {
    await using bench = await proxyBench([
      (asked, response) =>
        void (asked.url === '/keep'
          ? echo('cp')(asked, response)
          : replaying('instance=m1;app=projects')(asked, response)),
    ]);
    await bench.machines.add('m1', echo('m1'));
    const body = Buffer.alloc(1_048_577, 'y');
    expect((await askEcho(bench.port, { method: 'POST', path: '/keep', body })).body.length).toBe(body.length);
    expect(await ask(bench.port, { method: 'POST', body })).toMatchObject({ status: 502, body: '' });
    expect(bench.log.join()).toContain('PA01');
    const justFits = body.subarray(1);
    expect((await askEcho(bench.port, { method: 'POST', body: justFits })).name).toBe('m1');
  });

  test('the limit of 1 MB can be set to the other that Fly names', async () => {
    const unconfirmed = { maxReplayBodyBytes: 10_485_760 };
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { unconfirmed });
    await bench.machines.add('m1', echo('m1'));
    const body = Buffer.alloc(2_000_000, 'y');
    expect((await askEcho(bench.port, { method: 'POST', body })).body.length).toBe(body.length);
  });

  test('what is to be cached is replayed each time, and the client hears nothing of it', async () => {
    let asked = 0;
    await using bench = await proxyBench([
      (_, response) => {
        asked += 1;
        const cache = { 'fly-replay-cache': '/a/*', 'fly-replay-cache-ttl-secs': '60' };
        response.writeHead(307, { 'fly-replay': 'instance=m1;app=projects', ...cache }).end();
      },
    ]);
    await bench.machines.add('m1', (_, response) => response.writeHead(200, { 'fly-replay-cache': '/b/*' }).end());
    for (let round = 1; round <= 2; round++) {
      const { status, headers } = await ask(bench.port, { path: '/a/b' });
      expect([status, headers['fly-replay-cache'], asked]).toEqual([200, undefined, round]);
    }
  });

  test('a cached replay with what Fly cannot cache is a 502', async () => {
    await using bench = await proxyBench([
      (_, response) =>
        response.writeHead(307, { 'fly-replay': 'app=projects;state=x', 'fly-replay-cache': '/*' }).end(),
    ]);
    await bench.machines.add('m1', echo('m1'));
    expect((await ask(bench.port)).status).toBe(502);
    expect(bench.log.join()).toContain('PA03');
  });

  test('a timeout without unit can be set to count milliseconds, while the proxy runs', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects;timeout=15000')]);
    await bench.machines.add('m1', echo('m1'));
    expect((await ask(bench.port)).status).toBe(502);
    bench.unconfirmed.unitlessTimeout = 'milliseconds';
    expect((await askEcho(bench.port)).name).toBe('m1');
  });

  test.each(['instance=m1;app=projects;timeout=1500', 'instance=m1;app=projects;machine=m1'])(
    'an invalid header is a 502 at once: %s',
    async (header) => {
      await using bench = await proxyBench([replaying(header)], { deadTargetDelayMs: 60_000 });
      await bench.machines.add('m1', echo('m1'));
      expect(await ask(bench.port)).toMatchObject({ status: 502, body: '' });
      expect(bench.log.join()).toContain('PA03');
    },
  );
});

describe('where it goes', () => {
  test.each([
    ['app alone takes a started machine', 'app=projects', 'awake'],
    ['a region takes a machine of that region', 'app=projects;region=iad', 'iad'],
    ['regions are tried in the order given', 'app=projects;region="ams,iad,sjc"', 'iad'],
    ['an area takes a machine of its regions', 'app=projects;region=eu', 'lhr'],
    ['any is every region', 'app=projects;region="gru,any"', 'awake'],
    ['a preferred instance is taken', 'app=projects;prefer_instance=asleep', 'asleep'],
  ])('%s', async (_, header, name) => {
    await using bench = await proxyBench([replaying(header)]);
    await bench.machines.add('asleep', echo('asleep'), { state: 'suspended' });
    await bench.machines.add('awake', echo('awake'));
    await bench.machines.add('iad', echo('iad'), { region: 'iad' });
    await bench.machines.add('lhr', echo('lhr'), { region: 'lhr' });
    expect((await askEcho(bench.port)).name).toBe(name);
  });

  test('in place of a preferred instance that is gone another answers and is told', async () => {
    await using bench = await proxyBench([replaying('app=projects;prefer_instance=gone')]);
    await bench.machines.add('m1', echo('m1'));
    expect((await askEcho(bench.port)).headers['fly-preferred-instance-unavailable']).toBe('gone');
  });

  test('elsewhere goes to another instance than the one that answered', async () => {
    await using bench = await proxyBench([replaying('elsewhere=true'), echo('two')]);
    const echoed = await askEcho(bench.port);
    expect(echoed.name).toBe('two');
    expect(fieldsOf(echoed.headers['fly-replay-src'])).toMatchObject({ instance: 'cp-1' });
  });

  test('a machine may hand the request back to the control plane, body and all', async () => {
    await using bench = await proxyBench([
      (asked, response) => {
        const from = fieldsOf(String(asked.headers['fly-replay-src'] ?? '')).instance;
        if (from === 'm1') return void echo('cp')(asked, response);
        replaying('app=projects;instance=m1')(asked, response);
      },
    ]);
    await bench.machines.add('m1', replaying('app=control-plane;state=quiesced'));
    const echoed = await askEcho(bench.port, { method: 'POST', body: 'kept' });
    expect(echoed).toMatchObject({ name: 'cp', body: 'kept' });
    expect(fieldsOf(echoed.headers['fly-replay-src'])).toMatchObject({ instance: 'm1', state: 'quiesced' });
  });

  test('after ten replays of one request there is a 502', async () => {
    let seen = 0;
    await using bench = await proxyBench([
      (asked, response) => {
        seen += 1;
        replaying('app=control-plane')(asked, response);
      },
    ]);
    expect(await ask(bench.port)).toMatchObject({ status: 502, body: '' });
    expect(seen).toBe(11);
    expect(bench.log.join()).toContain('PA02');
  });
});
