import { expect, it } from 'vitest';
import type { FlyMachineEvent } from '../../../src/sdk/fly/wire.js';
import { programExits } from '../../../src/sdk/pool/program-exits.js';

function event(type: string, request?: unknown): FlyMachineEvent {
  return {
    id: 'e',
    type,
    status: 'stopped',
    source: 'flyd',
    timestamp: 0,
    ...(request === undefined ? {} : { request }),
  };
}
const exit = (fields: object) => event('exit', { exit_event: fields, restart_count: 1 });

it('counts how often a program ended by itself, and says how it did last', () => {
  const events = [exit({ exit_code: 1, guest_exit_code: 3 }), event('start'), exit({ exit_code: 0 }), event('launch')];
  expect(programExits(events)).toEqual({ count: 2, latest: 'exit code 3' });
  expect(programExits([exit({ exit_code: 137, oom_killed: true })]).latest).toBe('out of memory');
});

it('a stop that was asked for is no exit, and what cannot be read says nothing', () => {
  const events = [
    exit({ exit_code: 0, requested_stop: true }),
    event('exit'),
    event('exit', 'odd'),
    event('restart', {}),
  ];
  expect(programExits(events).count).toBe(0);
  expect(programExits([]).count).toBe(0);
});
