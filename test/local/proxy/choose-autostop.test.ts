import { expect, test } from 'vitest';
import { type AutostopCandidate, chooseAutostop } from '../../../src/local/proxy/choose-autostop.js';

function machine(id: string, changes: Partial<AutostopCandidate> = {}): AutostopCandidate {
  return { id, region: 'sjc', started: true, autostop: 'suspend', connections: 0, idleSinceMs: 0, ...changes };
}

const chosen = (machines: AutostopCandidate[]) => chooseAutostop(machines, 1_000, 100).map((one) => one.id);

test('of each region one machine is chosen, the one that has been idle longest', () => {
  const machines = [
    machine('a', { idleSinceMs: 200 }),
    machine('b', { idleSinceMs: 100 }),
    machine('c', { region: 'iad', idleSinceMs: 300 }),
  ];
  expect(chosen(machines)).toEqual(['b', 'c']);
});

test.each<[string, Partial<AutostopCandidate>]>([
  ['with an open connection', { connections: 1 }],
  ['idle for too short a time', { idleSinceMs: 901 }],
  ['not started', { started: false }],
  ['with autostop off', { autostop: 'off' }],
])('a machine %s is left alone', (_, changes) => {
  expect(chosen([machine('a', changes)])).toEqual([]);
});
