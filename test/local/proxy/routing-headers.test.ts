import { expect, test } from 'vitest';
import { type ProxyBench, proxyBench, replaying } from '../../support/proxy.js';
import { ask, askEcho, echo } from '../../support/proxy-client.js';

/** An app with machines in three regions, reached by its own name; the proxy is in sjc. */
async function regionsBench(): Promise<ProxyBench> {
  const bench = await proxyBench([], { controlPlane: { app: 'projects' }, deadTargetDelayMs: 20 });
  for (const region of ['ams', 'sjc', 'iad']) await bench.machines.add(region, echo(region), { region });
  return bench;
}

test.each([
  ['fly-prefer-region', 'iad', 'iad'],
  ['fly-prefer-region', 'gru, ams,us', 'ams'],
  ['fly-prefer-region', 'eu', 'ams'],
  ['fly-prefer-region', 'gru', 'sjc'],
  ['fly-prefer-region', '!', 'sjc'],
  ['fly-prefer-region', 'constructor', 'sjc'],
  ['fly-force-region', 'iad', 'iad'],
  ['fly-force-region', 'gru,eu', 'ams'],
  ['fly-force-region', 'na', 'sjc'],
])('%s: %s leads to %s', async (header, value, name) => {
  await using bench = await regionsBench();
  expect((await askEcho(bench.port, { headers: { [header]: value } })).name).toBe(name);
});

test.each(['gru', '', '!'])('fly-force-region "%s", where nothing is, is a 502', async (region) => {
  await using bench = await regionsBench();
  expect((await ask(bench.port, { headers: { 'fly-force-region': region } })).status).toBe(502);
});

test('a preferred region whose machine is dead gives way to another', async () => {
  await using bench = await regionsBench();
  await bench.machines.all[0]?.program.kill();
  expect((await askEcho(bench.port, { headers: { 'fly-prefer-region': 'ams' } })).name).toBe('sjc');
});

test('fly-force-instance-id wakes nothing unless so set, fly-prefer-instance-id does', async () => {
  await using bench = await regionsBench();
  const [machine] = bench.machines.all;
  if (machine === undefined) throw new Error('There is no machine.');
  machine.state = 'suspended';
  const forced = { headers: { 'fly-force-instance-id': 'ams' } };
  expect((await ask(bench.port, forced)).status).toBe(503);
  expect(machine.starts).toEqual([]);
  expect((await askEcho(bench.port, { headers: { 'fly-prefer-instance-id': 'ams' } })).name).toBe('ams');
  machine.state = 'stopped';
  bench.unconfirmed.forceInstanceWakes = true;
  expect((await askEcho(bench.port, forced)).name).toBe('ams');
  expect(machine.starts).toEqual(['proxy', 'proxy']);
});

test('what the client wishes for is over once the request was replayed', async () => {
  await using bench = await proxyBench([replaying('app=projects')]);
  await bench.machines.add('m1', echo('m1'), { region: 'ams' });
  const headers = { 'fly-force-instance-id': 'cp-1', 'fly-force-region': 'sjc' };
  expect((await askEcho(bench.port, { headers })).name).toBe('m1');
});
