import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Clock } from '../../../src/local/clock.js';
import { proxyBench, replaying, testService, until } from '../../support/proxy.js';
import { ask, askEcho, echo, fieldsOf } from '../../support/proxy-client.js';

/** Replays what is new and answers what came back. */
function withFallback(name: string, header: string): RequestListener {
  return (asked, response) => {
    const cameBack = asked.headers['fly-replay-failed'] !== undefined;
    (cameBack ? echo(name) : replaying(header))(asked, response);
  };
}

describe('without fallback', () => {
  test.each([
    ['an unknown machine', 'instance=gone;app=projects'],
    ['an unknown app', 'instance=m1;app=nowhere'],
    ['a machine of another app', 'instance=m1'],
    ['a machine without a service', 'instance=bare;app=projects'],
    ['a machine whose service is on another port', 'instance=private;app=projects'],
    ['a machine of another region than asked for', 'instance=m1;app=projects;region=eu'],
    ['a machine on which nothing listens', 'instance=deaf;app=projects'],
  ])('%s is an empty 502 after the delay', async (_, header) => {
    await using bench = await proxyBench([replaying(header)], { deadTargetDelayMs: 150 });
    await bench.machines.add('m1', echo('m1'));
    await bench.machines.add('bare', echo('bare'), { service: undefined });
    await bench.machines.add('private', echo('private'), { service: testService({ publicPorts: [8080] }) });
    await (await bench.machines.add('deaf', echo('deaf'))).program.kill();
    const sentMs = performance.now();
    expect(await ask(bench.port)).toMatchObject({ status: 502, body: '' });
    expect(performance.now() - sentMs).toBeGreaterThan(140);
    expect(bench.log.at(-1)).toContain(header.includes('nowhere') ? '[PA04]' : '[PR03]');
  });

  test.each([undefined, 502] as const)('a stopped machine with autostart off is a 503, or as set: %s', async (set) => {
    const unconfirmed = set && { stoppedWithoutAutostart: set };
    await using bench = await proxyBench([replaying('instance=manual;app=projects')], {
      deadTargetDelayMs: 20,
      ...(unconfirmed && { unconfirmed }),
    });
    const service = testService({ autostart: false, autostop: 'off' });
    const machine = await bench.machines.add('manual', echo('manual'), { state: 'stopped', service });
    expect(await ask(bench.port)).toMatchObject({ status: set ?? 503, body: '' });
    expect(machine.starts).toEqual([]);
  });

  test('the delay is 7.5 s of the clock, which a test may hold and advance', async () => {
    const clock = new Clock();
    clock.hold();
    await using bench = await proxyBench([replaying('instance=gone;app=projects'), echo('other')], { clock });
    let answered = 0;
    const replies = [ask(bench.port), ask(bench.port)].map((reply) => reply.finally(() => (answered += 1)));
    await until(() => answered === 1);
    await clock.advance(7_400);
    expect(bench.log).toEqual([]);
    await clock.advance(100);
    expect((await Promise.all(replies)).map((one) => one.status).sort()).toEqual([200, 502]);
  });

  test('timeout shortens the wait', async () => {
    const header = 'instance=gone;app=projects;timeout=50ms';
    await using bench = await proxyBench([replaying(header)], { deadTargetDelayMs: 60_000 });
    expect((await ask(bench.port)).status).toBe(502);
  });

  test('a machine that crashes at every start is not tried for ever', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { deadTargetDelayMs: 100 });
    const machine = await bench.machines.add('m1', echo('m1'), { state: 'stopped' });
    machine.start = async (source) => void machine.starts.push(source);
    expect((await ask(bench.port)).status).toBe(502);
    expect(machine.starts.length).toBeGreaterThan(1);
  });

  test('a machine that dies under a request is a 502, at once and not by fallback', async () => {
    const header = 'instance=m1;app=projects;fallback=force_self';
    await using bench = await proxyBench([withFallback('cp', header)], { deadTargetDelayMs: 60_000 });
    await bench.machines.add('m1', (asked) => void asked.socket.resetAndDestroy());
    expect(await ask(bench.port, { method: 'POST', body: 'x' })).toMatchObject({ status: 502, body: '' });
  });
});

describe('with fallback', () => {
  test('the original request comes back to the very instance, with what failed', async () => {
    const header = 'instance=gone;app=projects;timeout=10s;fallback=force_self';
    await using bench = await proxyBench([withFallback('one', header), withFallback('two', header)], { region: 'ams' });
    const echoed = await askEcho(bench.port, { method: 'POST', path: '/p', body: 'kept' });
    expect(echoed).toMatchObject({ name: 'one', method: 'POST', path: '/p', body: 'kept' });
    expect(echoed.headers).not.toHaveProperty('fly-replay-src');
    const { elapsed_ms, ...rest } = fieldsOf(echoed.headers['fly-replay-failed']);
    expect(rest).toEqual({
      instance: 'gone',
      app: 'projects',
      region: 'ams',
      replay_source: 'cp-1',
      reason: 'no_candidate',
    });
    expect(Number(elapsed_ms)).toBeGreaterThanOrEqual(295);
  });

  test('the region that failed is the one that was asked for', async () => {
    const header = 'app=projects;region="iad,eu";timeout=10ms;fallback=force_self';
    await using bench = await proxyBench([withFallback('one', header)]);
    const failed = fieldsOf((await askEcho(bench.port)).headers['fly-replay-failed']);
    expect(failed).toMatchObject({ app: 'projects', region: 'iad', reason: 'timeout' });
    expect(failed).not.toHaveProperty('instance');
  });

  test.each([
    ['timeout', 'instance=gone;app=projects;timeout=30ms;fallback=prefer_self'],
    ['retries_exhausted', 'instance=deaf;app=projects;timeout=10s;fallback=prefer_self'],
    ['no_candidate', 'instance=gone;app=projects;fallback=prefer_self'],
  ])('the reason is %s', async (reason, header) => {
    await using bench = await proxyBench([withFallback('one', header)], { deadTargetDelayMs: 100 });
    await (await bench.machines.add('deaf', echo('deaf'))).program.kill();
    const { headers } = await askEcho(bench.port);
    expect(fieldsOf(headers['fly-replay-failed'])).toMatchObject({ reason });
  });

  test('a start that takes longer than timeout is a timeout', async () => {
    const header = 'instance=m1;app=projects;timeout=50ms;fallback=prefer_self';
    await using bench = await proxyBench([withFallback('one', header)], { deadTargetDelayMs: 60_000 });
    const started = Promise.withResolvers<void>();
    await bench.machines.add('m1', echo('m1'), { state: 'suspended', gate: () => started.promise });
    const { headers } = await askEcho(bench.port);
    expect(fieldsOf(headers['fly-replay-failed'])).toMatchObject({ instance: 'm1', reason: 'timeout' });
    started.resolve();
  });

  test.each([
    ['force_self', 502],
    ['prefer_self', 200],
  ])('when the instance that replayed has died meanwhile, %s ends in %d', async (fallback, status) => {
    const header = `instance=gone;app=projects;fallback=${fallback}`;
    await using bench = await proxyBench(
      [
        (asked, response) => {
          replaying(header)(asked, response);
          response.once('close', () => void bench.instances[0]?.kill());
        },
        withFallback('two', header),
      ],
      { deadTargetDelayMs: 100 },
    );
    const reply = await ask(bench.port);
    expect(reply.status).toBe(status);
    expect(reply.body).not.toContain('fly-preferred-instance-unavailable');
  });

  test('a request that came back is never replayed again', async () => {
    let seen = 0;
    await using bench = await proxyBench([
      (asked, response) => {
        seen += 1;
        replaying('instance=gone;app=projects;timeout=10ms;fallback=force_self')(asked, response);
      },
    ]);
    expect(await ask(bench.port)).toMatchObject({ status: 502, body: '' });
    expect(seen).toBe(2);
  });
});
