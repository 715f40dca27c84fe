import { expect, test } from 'vitest';
import { type AutostopCandidate, chooseAutostop } from '../../../../src/local/proxy/autostop/choose-autostop.js';

function machine(id: string, changes: Partial<AutostopCandidate> = {}): AutostopCandidate {
  const idle = { load: 0, softLimit: 2, minMachinesRunning: 0, quietSinceMs: 0 };
  return { id, region: 'sjc', started: true, autostop: 'suspend', ...idle, ...changes };
}

const rule = { nowMs: 1_000, idleMs: 100, primaryRegion: 'sjc' };
const chosen = (...machines: AutostopCandidate[]) => chooseAutostop(machines, rule).map((one) => one.id);

test('of each region one machine is chosen, the one that has been quiet longest', () => {
  const a = machine('a', { quietSinceMs: 200 });
  const b = machine('b', { quietSinceMs: 100 });
  expect(chosen(a, b, machine('c', { region: 'iad', quietSinceMs: 300 }))).toEqual(['b', 'c']);
});

test.each<[string, Partial<AutostopCandidate>]>([
  ['with an open request, even below its soft limit', { load: 1 }],
  ['quiet for too short a time', { quietSinceMs: 901 }],
  ['not started', { started: false }],
  ['with autostop off', { autostop: 'off' }],
])('a machine %s is left alone where no other runs', (_, changes) => {
  expect(chosen(machine('a', changes))).toEqual([]);
});

test('where several run and none is at its soft limit, one goes although all have open requests: the least loaded', () => {
  expect(chosen(machine('a', { load: 3, softLimit: 20 }), machine('b', { load: 1, softLimit: 20 }))).toEqual(['b']);
});

test('one machine is spared for each that is at or over its soft limit, and one more', () => {
  const busy = machine('busy', { load: 2 });
  expect(chosen(busy, machine('spare'))).toEqual([]);
  expect(chosen(busy, machine('spare'), machine('excess'))).toEqual(['excess']);
  expect(chosen(machine('over', { load: 9 }), busy, machine('spare'), machine('excess'))).toEqual(['excess']);
});

test('one at its soft limit is never chosen', () => {
  const off = { autostop: 'off' as const };
  expect(chosen(machine('busy', { load: 2 }), machine('b', off), machine('c', off))).toEqual([]);
});

test('min_machines_running keeps so many in the primary region and none elsewhere', () => {
  const minMachinesRunning = 2;
  const pair = (region: string) => ['1', '2'].map((id) => machine(region + id, { region, minMachinesRunning }));
  expect(chosen(...pair('sjc'), ...pair('iad'))).toEqual(['iad1']);
  expect(chosen(...pair('sjc'), machine('sjc3', { minMachinesRunning }))).toEqual(['sjc1']);
});
