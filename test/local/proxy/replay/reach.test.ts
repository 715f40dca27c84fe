import { expect, test } from 'vitest';
import { decideReach } from '../../../../src/local/proxy/replay/reach.js';
import { proxyBench, replaying } from '../../../support/proxy.js';
import { ask, askEcho, echo } from '../../../support/proxy-client.js';

const app = (network: string, org = 'personal') => ({ name: 'a', org, network });

test.each([
  ['the same network', app('default'), app('default'), false, 'allowed'],
  ['another network', app('default'), app('p1'), false, 'other network'],
  ['another network when the organisation allows it', app('default'), app('p1'), true, 'allowed'],
  ['another organisation', app('default'), app('default', 'else'), false, 'other organisation'],
  ['another organisation, whatever ours allows', app('default'), app('p1', 'else'), true, 'other organisation'],
  ['an app that the emulator does not know', app('default'), undefined, false, 'allowed'],
  ['a source that the emulator does not know', undefined, app('p1'), false, 'allowed'],
])('a replay to %s', (_, source, target, crossNetwork, reach) => {
  expect(decideReach(source, target, crossNetwork)).toBe(reach);
});

test('a replay to another network is refused at once in the words of Fly, until the organisation allows it', async () => {
  let allowed = false;
  const header = 'app=projects;instance=m1;fallback=force_self';
  await using bench = await proxyBench([replaying(header)], {
    deadTargetDelayMs: 60_000,
    crossNetworkReplays: () => allowed,
  });
  bench.machines.addApp('control-plane');
  bench.machines.addApp('projects', { network: 'p1' });
  const machine = await bench.machines.add('m1', echo('m1'), { state: 'suspended' });
  expect(await ask(bench.port)).toMatchObject({ status: 502, body: 'cross-network replays are not allowed' });
  expect(machine.starts).toEqual([]);
  expect(bench.log.join()).toContain('PA05');
  allowed = true;
  expect((await askEcho(bench.port)).name).toBe('m1');
});

test('a replay to another organisation is an empty 502 at once', async () => {
  await using bench = await proxyBench([replaying('app=projects')], { crossNetworkReplays: () => true });
  bench.machines.addApp('control-plane');
  bench.machines.addApp('projects', { org: 'else' });
  await bench.machines.add('m1', echo('m1'));
  expect(await ask(bench.port)).toMatchObject({ status: 502, body: '' });
  expect(bench.log.join()).toContain('PA05');
});
