import { describe, expect, test } from 'vitest';
import { type ProxyBench, proxyBench, replaying, until } from '../../support/proxy.js';
import { ask, askEcho, echo } from '../../support/proxy-client.js';

/** A machine that tells of the first request that arrives, and answers only after it was started again. */
async function answeringOnceResumed(bench: ProxyBench) {
  const arrived = Promise.withResolvers<void>();
  const resumed = Promise.withResolvers<void>();
  const machine = await bench.machines.add(
    'm1',
    async (_, response) => {
      arrived.resolve();
      await resumed.promise;
      response.end('late');
    },
    { gate: async () => resumed.resolve() },
  );
  return { machine, arrived: arrived.promise };
}

describe('a machine that does not run', () => {
  test('a suspended one is started once for all who ask at that time', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')]);
    const started = Promise.withResolvers<void>();
    const machine = await bench.machines.add('m1', echo('m1'), { state: 'suspended', gate: () => started.promise });
    const replies = [askEcho(bench.port, { method: 'POST', body: 'a' }), askEcho(bench.port)];
    await until(() => machine.starts.length > 0);
    started.resolve();
    expect((await Promise.all(replies)).map((one) => one.name)).toEqual(['m1', 'm1']);
    expect(machine.starts).toEqual(['proxy']);
  });

  test('one that is started but does not listen yet is tried until it does', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { deadTargetDelayMs: 10_000 });
    const machine = await bench.machines.add('m1', echo('m1'), { state: 'stopped', listens: false });
    await machine.program.kill();
    const reply = askEcho(bench.port);
    await until(() => machine.starts.length > 0);
    await machine.program.listen();
    expect((await reply).name).toBe('m1');
  });

  test('one whose start fails at first is tried again', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { deadTargetDelayMs: 10_000 });
    let failures = 2;
    const gate = async () => {
      if (failures-- > 0) throw new Error('stopping');
    };
    await bench.machines.add('m1', echo('m1'), { state: 'stopped', gate });
    expect((await askEcho(bench.port)).name).toBe('m1');
  });

  test('one that is stopping is tried until it has stopped, then started', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { deadTargetDelayMs: 10_000 });
    const machine = await bench.machines.add('m1', echo('m1'), { state: 'stopping' });
    machine.gate = async () => {
      if (machine.state === 'stopping') throw new Error('stopping');
    };
    const reply = askEcho(bench.port);
    await until(() => machine.starts.length > 1);
    machine.state = 'stopped';
    expect((await reply).name).toBe('m1');
  });

  test('one that is suspended under a request in flight is woken for it', async () => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')]);
    const { machine, arrived } = await answeringOnceResumed(bench);
    const reply = ask(bench.port);
    await arrived;
    machine.state = 'suspended';
    expect((await reply).body).toBe('late');
    expect(machine.starts).toEqual(['proxy']);
  });

  test('one that is suspended under a request in flight may also be left asleep, until somebody else comes', async () => {
    const unconfirmed = { suspendedUnderRequest: 'left' } as const;
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { unconfirmed });
    const { machine, arrived } = await answeringOnceResumed(bench);
    const first = ask(bench.port);
    await arrived;
    machine.state = 'suspended';
    const askedMs = performance.now();
    await until(() => performance.now() - askedMs > 300);
    expect(machine.starts).toEqual([]);
    expect((await ask(bench.port)).body).toBe('late');
    expect((await first).body).toBe('late');
  });
});

describe('one that cannot be started', () => {
  test.each([
    ['somebody holds the lease', 'stopped', 'PM01'],
    ['it is being destroyed', 'destroying', 'PM08'],
  ] as const)('the log says once why a machine is not started: %s', async (why, state, code) => {
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], { deadTargetDelayMs: 100 });
    const machine = await bench.machines.add('m1', echo('m1'), { state, gate: () => Promise.reject(new Error(why)) });
    expect((await ask(bench.port)).status).toBe(502);
    expect(machine.starts.length).toBeGreaterThan(1);
    expect(bench.log).toEqual([
      `[${code}] machine m1, ${state}, was not started: Error: ${why}`,
      expect.stringContaining('[PR03] app projects, instance m1: retries_exhausted'),
    ]);
  });

  test('a start that takes longer than the proxy waits is PM03', async () => {
    const options = { deadTargetDelayMs: 20, requestTimeoutMs: 20 };
    await using bench = await proxyBench([replaying('instance=m1;app=projects')], options);
    await bench.machines.add('m1', echo('m1'), { state: 'suspended', gate: () => new Promise(() => undefined) });
    expect((await ask(bench.port)).status).toBe(502);
    expect(bench.log[0]).toContain('[PM03]');
  });
});
