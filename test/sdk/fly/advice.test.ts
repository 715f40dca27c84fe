import { describe, expect, it } from 'vitest';
import { adviceFor, conflictingMachineId, type FlyAdvice, type FlyCall } from '../../../src/sdk/fly/advice.js';

const observed: readonly [FlyCall, number, string, string | null, FlyAdvice][] = [
  ['createMachine', 400, 'invalid config.guest.memory_mb, minimum required 256 MiB', null, 'give-up'],
  ['createMachine', 400, 'json: cannot unmarshal string into Go struct field', null, 'give-up'],
  ['waitForState', 400, 'invalid_argument: timeout', null, 'give-up'],
  ['createMachine', 400, 'invalid_argument: volume does not exist', null, 'retry'],
  ['createVolume', 400, 'EOF', null, 'give-up'],
  ['getMachine', 401, 'Authenticate: token validation error', null, 'give-up'],
  ['getApp', 403, 'unauthorized', null, 'give-up'],
  ['getMachine', 404, 'machine not found', null, 'gone'],
  ['deleteVolume', 404, 'volume not found', null, 'gone'],
  ['createMachine', 404, 'app not found', null, 'give-up'],
  [
    'waitForState',
    408,
    'deadline_exceeded: machine failed to reach desired state, started, currently created',
    null,
    'wait-for-state',
  ],
  ['createMachine', 408, '', null, 'adopt'],
  ['createVolume', 408, '', null, 'adopt'],
  ['stopMachine', 408, '', null, 'retry'],
  [
    'createMachine',
    409,
    'already_exists: unique machine name violation, machine ID 1781973f03d8e9 already exists with name "a"',
    null,
    'adopt',
  ],
  [
    'startMachine',
    409,
    'aborted: machine ID 1781973f03d8e9 lease currently held by x@tokens.fly.io, expires at 2026-01-01T00:00:00Z',
    null,
    'retry',
  ],
  ['updateMachine', 409, 'aborted: machine update failed due to concurrent update', null, 'retry'],
  [
    'startMachine',
    409,
    'aborted: could not reserve resource for machine: insufficient memory available to fulfill request',
    null,
    'retry-elsewhere-host',
  ],
  ['createMachine', 409, 'aborted: insufficient IPs available', null, 'retry-elsewhere-host'],
  [
    'updateMachine',
    409,
    'aborted: insufficient resources available to fulfill request: x',
    null,
    'retry-elsewhere-host',
  ],
  ['createVolume', 409, 'aborted: no capacity', null, 'retry-elsewhere-region'],
  ['getApp', 410, 'deleted', null, 'gone'],
  [
    'startMachine',
    412,
    "failed_precondition: unable to start machine from current state: 'created'",
    null,
    'wait-for-state',
  ],
  ['startMachine', 412, 'failed_precondition: machine still active, refusing to start', null, 'wait-for-state'],
  ['startMachine', 412, 'failed_precondition: machine getting replaced, refusing to start', null, 'wait-for-state'],
  ['deleteVolume', 412, 'failed_precondition: volume is currently bound to machine: 1781973f03d8e9', null, 'retry'],
  ['createMachine', 412, `volume already claimed by machine ${'\0'.repeat(14)}`, null, 'retry'],
  ['createMachine', 412, 'no room', 'volume_placement_capacity', 'retry-elsewhere-host'],
  [
    'createMachine',
    412,
    "insufficient resources to create new machine with existing volume id 'vol_1'",
    null,
    'retry-elsewhere-host',
  ],
  ['updateMachine', 412, 'failed_precondition: machine_version does not match', null, 'retry'],
  ['createMachine', 422, 'Validation failed: Name has already been taken', 'name_taken', 'give-up'],
  ['createMachine', 422, 'no room', 'insufficient_capacity', 'retry-elsewhere-region'],
  ['createMachine', 422, 'could not find a candidate host', null, 'retry-elsewhere-region'],
  ['getMachine', 429, 'slow down', null, 'retry'],
  ['getMachine', 502, 'bad gateway', null, 'retry'],
  ['stopMachine', 503, 'unavailable', null, 'retry'],
  ['createMachine', 503, 'unavailable', null, 'adopt'],
  ['createVolume', 500, 'internal', null, 'adopt'],
  ['getMachine', 418, 'never seen', null, 'give-up'],
];

describe('the advice table', () => {
  it.each(observed)('%s %i %j %s → %s', (call, status, text, flyCode, advice) => {
    expect(adviceFor({ call, status, text, flyCode })).toBe(advice);
  });

  it('reads the id out of a name conflict and out of nothing else', () => {
    const text =
      'already_exists: unique machine name violation, machine ID 1781973f03d8e9 already exists with name "a"';
    expect(conflictingMachineId({ call: 'createMachine', status: 409, flyCode: null, text })).toBe('1781973f03d8e9');
    expect(conflictingMachineId({ call: 'createMachine', status: 412, flyCode: null, text })).toBeNull();
    const lease = 'aborted: machine ID 1781973f03d8e9 lease currently held by x';
    expect(conflictingMachineId({ call: 'createMachine', status: 409, flyCode: null, text: lease })).toBeNull();
  });
});
