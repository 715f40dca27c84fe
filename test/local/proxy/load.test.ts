import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { HostedService } from '../../../src/local/fly/machine-host.js';
import { proxyBench, replaying, testService, until } from '../../support/proxy.js';
import { ask, askEcho, echo } from '../../support/proxy-client.js';

function limits(softLimit: number, hardLimit?: number, type: 'requests' | 'connections' = 'requests'): HostedService {
  return testService({ concurrency: { type, softLimit, hardLimit } });
}

/** A program that answers once it is told to. */
function held(name: string) {
  const release = Promise.withResolvers<void>();
  const state = { asked: 0, release: release.resolve, listener: (() => undefined) as RequestListener };
  state.listener = async (asked, response) => {
    state.asked += 1;
    await release.promise;
    echo(name)(asked, response);
  };
  return state;
}

test('a machine at its soft limit is passed over for one that is below it, also one that must be started', async () => {
  await using bench = await proxyBench([replaying('app=projects')]);
  const program = held('busy');
  await bench.machines.add('busy', program.listener, { service: limits(1) });
  const asleep = await bench.machines.add('asleep', echo('asleep'), { state: 'suspended', service: limits(1) });
  const first = askEcho(bench.port);
  await until(() => program.asked === 1);
  expect((await askEcho(bench.port)).name).toBe('asleep');
  expect(asleep.starts).toEqual(['proxy']);
  program.release();
  expect((await first).name).toBe('busy');
});

test('one that is over its soft limit takes more when there is no other', async () => {
  await using bench = await proxyBench([replaying('app=projects')]);
  const program = held('m1');
  await bench.machines.add('m1', program.listener, { service: limits(1) });
  const replies = [askEcho(bench.port), askEcho(bench.port), askEcho(bench.port)];
  await until(() => program.asked === 3);
  program.release();
  await Promise.all(replies);
});

test('a machine at its hard limit takes no more: others do, or the request waits for it', async () => {
  await using bench = await proxyBench(
    [
      (asked, response) =>
        replaying(asked.url === '/any' ? 'app=projects' : 'app=projects;instance=m1')(asked, response),
    ],
    { deadTargetDelayMs: 20_000 },
  );
  const program = held('m1');
  await bench.machines.add('m1', program.listener, { service: limits(20, 1) });
  const first = askEcho(bench.port);
  await until(() => program.asked === 1);
  await bench.machines.add('m2', echo('m2'), { service: limits(20, 1), region: 'ams' });
  expect((await askEcho(bench.port, { path: '/any' })).name).toBe('m2');
  const queued = askEcho(bench.port);
  expect((await askEcho(bench.port, { path: '/any' })).name).toBe('m2');
  expect(program.asked).toBe(1);
  program.release();
  expect((await Promise.all([first, queued])).map((one) => one.name)).toEqual(['m1', 'm1']);
});

test('a preferred machine at its hard limit is named as unavailable, and without another there is a 503', async () => {
  await using bench = await proxyBench([replaying('app=projects;prefer_instance=m1')], { deadTargetDelayMs: 50 });
  const program = held('m1');
  const service = limits(20, 1);
  await bench.machines.add('m1', program.listener, { service });
  const first = askEcho(bench.port);
  await until(() => program.asked === 1);
  expect(await ask(bench.port)).toMatchObject({ status: 503, body: '' });
  expect(bench.log.join()).toContain('hard limit');
  await bench.machines.add('m2', echo('m2'), { service });
  expect((await askEcho(bench.port)).headers['fly-preferred-instance-unavailable']).toBe('m1');
  program.release();
  await first;
});

test('many requests at once never exceed the hard limit, and all are answered', async () => {
  await using bench = await proxyBench([replaying('app=projects')], { deadTargetDelayMs: 20_000 });
  const pair = Promise.withResolvers<void>();
  let open = 0;
  let most = 0;
  await bench.machines.add(
    'm1',
    async (_, response) => {
      open += 1;
      most = Math.max(most, open);
      if (open === 2) pair.resolve();
      await pair.promise;
      open -= 1;
      response.end('done');
    },
    { service: limits(1, 2) },
  );
  const replies = await Promise.all(Array.from({ length: 12 }, () => ask(bench.port)));
  expect(replies.map((one) => one.body)).toEqual(Array(12).fill('done'));
  expect(most).toBe(2);
});

test.each([
  ['requests', 1],
  ['connections', 3],
] as const)('three requests of a service that counts %s come over %d connections', async (type, expected) => {
  await using bench = await proxyBench([replaying('app=projects')]);
  const seen = new Set<Socket>();
  const listener: RequestListener = (asked, response) => {
    seen.add(asked.socket);
    echo('m1')(asked, response);
  };
  await bench.machines.add('m1', listener, { service: limits(20, undefined, type) });
  for (let round = 0; round < 3; round++) await askEcho(bench.port);
  expect(seen.size).toBe(expected);
});

test('a cordoned machine gets nothing but what names it, and not even that when so set', async () => {
  await using bench = await proxyBench(
    [(asked, response) => replaying(`app=projects${asked.url?.slice(1)}`)(asked, response)],
    { deadTargetDelayMs: 20 },
  );
  await bench.machines.add('m1', echo('m1'), { cordoned: true });
  expect((await ask(bench.port, { path: '/' })).status).toBe(502);
  expect((await ask(bench.port, { path: '/;prefer_instance=m1' })).status).toBe(502);
  expect((await askEcho(bench.port, { path: '/;instance=m1' })).name).toBe('m1');
  bench.unconfirmed.cordonedTakesExact = false;
  expect((await ask(bench.port, { path: '/;instance=m1' })).status).toBe(502);
});
