import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type PrivateNetwork, startPrivateNetwork } from '../../src/local/private-network.js';
import { TestMachines, TestServer, until } from '../support/proxy.js';
import { ask, askEcho, echo } from '../support/proxy-client.js';

interface Bench extends AsyncDisposable {
  readonly machines: TestMachines;
  readonly network: PrivateNetwork;
  readonly port: number;
}

async function startBench(callerApp?: string): Promise<Bench> {
  const machines = new TestMachines();
  const network = await startPrivateNetwork({ machines, ...(callerApp && { callerApp }) });
  const dispose = async () => {
    await network.stop();
    await machines[Symbol.asyncDispose]();
  };
  return { machines, network, port: Number(new URL(network.urlTemplate).port), [Symbol.asyncDispose]: dispose };
}

test('the template, filled in, leads to the machine with the rest as path', async () => {
  await using bench = await startBench();
  await bench.machines.add('m1', echo('m1'));
  expect(bench.network.urlTemplate).toBe(`http://127.0.0.1:${bench.port}/{app}/{machine_id}`);
  const url = bench.network.urlTemplate.replace('{app}', 'projects').replace('{machine_id}', 'm1');
  const answer = await fetch(`${url}/internal/status?x=1`, {
    method: 'POST',
    body: 'hi',
    headers: { 'Valet-Epoch': '7' },
  });
  expect(await answer.json()).toMatchObject({
    method: 'POST',
    path: '/internal/status?x=1',
    body: 'hi',
    headers: { host: 'm1.vm.projects.internal:3000', 'valet-epoch': '7' },
  });
  expect((await askEcho(bench.port, { path: '/projects/m1' })).path).toBe('/');
});

test('requests look as they were sent: no header of the proxy is added', async () => {
  await using bench = await startBench();
  await bench.machines.add('m1', echo('m1'));
  const { headers } = await askEcho(bench.port, { path: '/projects/m1/a' });
  expect(Object.keys(headers).filter((name) => /^(fly|x-forwarded|via)/.test(name))).toEqual([]);
});

test.each(['stopped', 'suspended', 'starting', 'destroyed'] as const)(
  'a machine that is %s ends the connection without an answer and is not woken',
  async (state) => {
    await using bench = await startBench();
    const machine = await bench.machines.add('m1', echo('m1'), { state });
    await expect(ask(bench.port, { path: '/projects/m1/a' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(machine.starts).toEqual([]);
  },
);

test.each(['/projects/unknown/a', '/other/m1/a', '/', '/projects', '//m1/a'])(
  'what names no machine ends without an answer: %s',
  async (path) => {
    await using bench = await startBench();
    await bench.machines.add('m1', echo('m1'));
    await expect(ask(bench.port, { path })).rejects.toMatchObject({ code: 'ECONNRESET' });
  },
);

test('another network is not reached, nor another organisation', async () => {
  await using bench = await startBench('caller');
  bench.machines.addApp('caller', { network: 'n1' });
  bench.machines.addApp('same', { network: 'n1' });
  bench.machines.addApp('other', { network: 'n2' });
  bench.machines.addApp('stranger', { network: 'n1', org: 'else' });
  for (const app of ['same', 'other', 'stranger']) await bench.machines.add(`of-${app}`, echo(app), { app });
  expect((await askEcho(bench.port, { path: '/same/of-same/a' })).name).toBe('same');
  for (const app of ['other', 'stranger']) {
    await expect(ask(bench.port, { path: `/${app}/of-${app}/a` })).rejects.toMatchObject({ code: 'ECONNRESET' });
  }
});

test('a program that does not listen ends the connection, one that dies under a call too', async () => {
  await using bench = await startBench();
  const deaf = await bench.machines.add('deaf', echo('deaf'));
  await deaf.program.kill();
  await bench.machines.add('dying', (asked) => void asked.socket.resetAndDestroy());
  for (const id of ['deaf', 'dying']) {
    await expect(ask(bench.port, { path: `/projects/${id}/a` })).rejects.toMatchObject({ code: 'ECONNRESET' });
  }
});

test('a caller that goes away ends its call at the machine', async () => {
  await using bench = await startBench();
  const { program } = await bench.machines.add('m1', () => undefined);
  const outgoing = request({ host: '127.0.0.1', port: bench.port, path: '/projects/m1/a', agent: false });
  outgoing.on('error', () => undefined).end();
  await until(() => program.connections === 1);
  outgoing.destroy();
  await until(() => program.connections === 0);
});

test('stop ends calls under way, may be called twice, and a taken port is EADDRINUSE', async () => {
  await using bench = await startBench();
  const { program } = await bench.machines.add('m1', () => undefined);
  const outgoing = request({ host: '127.0.0.1', port: bench.port, path: '/projects/m1/a', agent: false }).end();
  const failed = once(outgoing, 'error');
  await until(() => program.connections === 1);
  await bench.network.stop();
  await bench.network.stop();
  await failed;
  await using taken = await new TestServer(echo('taken')).listen();
  const { machines } = bench;
  await expect(startPrivateNetwork({ machines, port: taken.address.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
