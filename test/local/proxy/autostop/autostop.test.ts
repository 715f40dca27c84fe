import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { Clock } from '../../../../src/local/clock.js';
import { passesUntilAsleep, proxyBench, replaying, testService, until } from '../../../support/proxy.js';
import { ask, askEcho, echo } from '../../../support/proxy-client.js';

/** Passes only when a test asks for one. */
const autostop = { passMs: 3_600_000, idleMs: 0 };

test('one pass puts one machine per region to sleep, the one idle longest first, by its own kind', async () => {
  await using bench = await proxyBench(
    [(asked, response) => replaying(`app=projects;instance=${asked.url?.slice(1)}`)(asked, response)],
    { autostop },
  );
  await bench.machines.add('a', echo('a'));
  await bench.machines.add('b', echo('b'), { service: testService({ autostop: 'stop' }) });
  await bench.machines.add('c', echo('c'), { region: 'iad' });
  await bench.machines.add('off', echo('off'), { service: testService({ autostop: 'off' }) });
  await bench.machines.add('stranger', echo('stranger'), { app: 'other' });
  await ask(bench.port, { path: '/b' });
  await ask(bench.port, { path: '/a' });
  expect(await bench.proxy.autostopPass()).toEqual(['b', 'c']);
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  expect(await bench.proxy.autostopPass()).toEqual([]);
  const kinds = bench.machines.all.map((one) => one.autostops.join());
  expect(kinds).toEqual(['suspend', 'stop', 'suspend', '', '']);
});

test('a machine that was never used counts from when it was first seen started', async () => {
  const clock = new Clock();
  clock.hold();
  await using bench = await proxyBench([], { clock, autostop: { passMs: 3_600_000, idleMs: 30_000 } });
  await bench.machines.add('a', echo('a'));
  expect(await bench.proxy.autostopPass()).toEqual([]);
  await clock.advance(29_999);
  expect(await bench.proxy.autostopPass()).toEqual([]);
  await clock.advance(1);
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
});

test('a machine that somebody started again counts from then, not from its last use', async () => {
  const clock = new Clock();
  clock.hold();
  await using bench = await proxyBench([replaying('app=projects;instance=a')], {
    clock,
    autostop: { passMs: 3_600_000, idleMs: 60_000 },
  });
  const machine = await bench.machines.add('a', echo('a'));
  await askEcho(bench.port);
  await clock.advance(60_000);
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  await machine.start('user');
  expect(await bench.proxy.autostopPass()).toEqual([]);
  await clock.advance(60_000);
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
});

test('a request in flight keeps its machine awake', async () => {
  await using bench = await proxyBench([replaying('app=projects;instance=a')], { autostop });
  const answer = Promise.withResolvers<void>();
  let asked = 0;
  const machine = await bench.machines.add('a', async (_, response) => {
    asked += 1;
    await answer.promise;
    response.end('done');
  });
  const reply = ask(bench.port);
  await until(() => asked === 1);
  expect(await bench.proxy.autostopPass()).toEqual([]);
  answer.resolve();
  await reply;
  await passesUntilAsleep(bench, machine);
});

test('a request that never reached its machine keeps nothing awake', async () => {
  await using bench = await proxyBench([replaying('app=projects;instance=a')], { autostop, deadTargetDelayMs: 20 });
  await (await bench.machines.add('a', echo('a'))).program.kill();
  expect((await ask(bench.port)).status).toBe(502);
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
});

test('a request for a machine that is being put to sleep waits for that and starts it again', async () => {
  let replays = 0;
  const controlPlane: RequestListener = (asked, response) => {
    replaying('app=projects;instance=a')(asked, response);
    response.once('close', () => (replays += 1));
  };
  await using bench = await proxyBench([controlPlane], { autostop, deadTargetDelayMs: 20 });
  const asleep = Promise.withResolvers<void>();
  const machine = await bench.machines.add('a', echo('a'), { gate: () => asleep.promise });
  const pass = bench.proxy.autostopPass();
  await until(() => machine.autostops.length === 1);
  const reply = askEcho(bench.port, { method: 'POST', body: 'x' });
  await until(() => replays === 1);
  expect(machine.starts).toEqual([]);
  asleep.resolve();
  expect(await pass).toEqual(['a']);
  expect((await reply).body).toBe('x');
  expect(machine.starts).toEqual(['proxy']);
});

test('passes come by themselves, and one that fails does not end them', async () => {
  await using bench = await proxyBench([], { autostop: { passMs: 5, idleMs: 0 } });
  const machine = await bench.machines.add('a', echo('a'), { gate: () => Promise.reject(new Error('leased')) });
  await until(() => machine.autostops.length > 1);
  expect(bench.log.join()).toContain('leased');
});

test('the passes follow a clock that a test holds', async () => {
  const clock = new Clock();
  clock.hold();
  await using bench = await proxyBench([], { clock, autostop: { passMs: 60_000, idleMs: 0 } });
  const machine = await bench.machines.add('a', echo('a'));
  await clock.advance(59_999);
  expect(machine.autostops).toEqual([]);
  await clock.advance(1);
  await until(() => machine.autostops.length === 1);
});

test('apps count apart, and one that had traffic is looked at too; cordoned machines are unknown to the loop', async () => {
  await using bench = await proxyBench([replaying('app=other')], { autostop });
  await bench.machines.add('a', echo('a'));
  await bench.machines.add('cordoned', echo('cordoned'), { cordoned: true });
  await bench.machines.add('b', echo('b'), { app: 'other' });
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  await askEcho(bench.port);
  expect(await bench.proxy.autostopPass()).toEqual(['b']);
});

test('min_machines_running holds in the primary region', async () => {
  await using bench = await proxyBench([], { autostop, primaryRegion: 'iad' });
  const service = testService({ minMachinesRunning: 1 });
  await bench.machines.add('a', echo('a'), { service });
  await bench.machines.add('b', echo('b'), { service, region: 'iad' });
  expect(await bench.proxy.autostopPass()).toEqual(['a']);
  expect(await bench.proxy.autostopPass()).toEqual([]);
});

test('without autostop settings no machine is put to sleep', async () => {
  await using bench = await proxyBench([]);
  await bench.machines.add('a', echo('a'));
  expect(await bench.proxy.autostopPass()).toEqual([]);
});
