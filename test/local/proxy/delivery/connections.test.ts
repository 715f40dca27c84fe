import { expect, test } from 'vitest';
import { Clock } from '../../../../src/local/clock.js';
import { Connections } from '../../../../src/local/proxy/delivery/connections.js';
import { TestMachines, testService } from '../../../support/proxy.js';
import { echo } from '../../../support/proxy-client.js';

test('a machine counts what is open, up to its hard limit, and ends are counted once', async () => {
  await using machines = new TestMachines();
  const service = testService({ concurrency: { type: 'requests', softLimit: 1, hardLimit: 2 } });
  const machine = await machines.add('m1', echo('m1'), { service });
  const connections = new Connections(new Clock());
  const [first, second, third] = [1, 2, 3].map(() => connections.open(machine));
  expect([connections.count('m1'), third]).toEqual([2, undefined]);
  first?.end();
  first?.end();
  expect(connections.count('m1')).toBe(1);
  expect(connections.open(machine)).toBeDefined();
  second?.end();
});

test('a machine was used when something began or ended on it', async () => {
  await using machines = new TestMachines();
  const machine = await machines.add('m1', echo('m1'));
  const clock = new Clock();
  clock.hold();
  const connections = new Connections(clock);
  expect(connections.lastUsedMs('m1')).toBeUndefined();
  const visit = connections.open(machine);
  const beganMs = clock.nowMs();
  await clock.advance(1_000);
  expect(connections.lastUsedMs('m1')).toBe(beganMs);
  visit?.end();
  await clock.advance(1_000);
  expect(connections.lastUsedMs('m1')).toBe(beganMs + 1_000);
  connections.keepOnly(new Set());
  expect(connections.lastUsedMs('m1')).toBeUndefined();
});
