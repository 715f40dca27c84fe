import { describe, expect, it } from 'vitest';
import { conflictingMachineId, decidingRow, type FlyRefusal, grpcCodeOf, judge } from '../../../src/sdk/fly/advice.js';
import { adviceTable, type FlyAdvice } from '../../../src/sdk/fly/advice-table.js';
import { creatingCalls, type FlyCall, flyCalls } from '../../../src/sdk/fly/endpoints.js';

interface Observed {
  readonly when: string;
  readonly call: FlyCall;
  readonly status: number;
  readonly text: string;
  readonly flyCode?: string;
  readonly advice: FlyAdvice;
  /** The call itself asks again. */
  readonly transient?: true;
}

const id = '1781973f03d8e9';
const nameTaken = `already_exists: unique machine name violation, machine ID ${id} already exists with name "a"`;
const leaseHeld = `aborted: machine ID ${id} lease currently held by x@tokens.fly.io, expires at 2026-01-01T00:00:00Z`;
const fromState = (state: string) => `failed_precondition: unable to start machine from current state: '${state}'`;

/** What Fly is known to refuse, and how: one entry for each status, situation and text that is documented or was seen. */
// biome-ignore format: a table
const observed: readonly Observed[] = [
  { when: 'the guest is too small', call: 'createMachine', status: 400, text: 'invalid config.guest.memory_mb, minimum required 256 MiB', advice: 'give-up' },
  { when: 'the guest is too big', call: 'updateMachine', status: 400, text: 'invalid config.guest.memory_mb, cannot exceed 2048 MiB', advice: 'give-up' },
  { when: 'the guest has no kind', call: 'createMachine', status: 400, text: 'invalid config.guest.cpus', advice: 'give-up' },
  { when: 'a value has the wrong JSON type', call: 'createMachine', status: 400, text: 'json: cannot unmarshal string into Go struct field', advice: 'give-up' },
  { when: 'a wait is too long or for an unknown state', call: 'waitForState', status: 400, text: 'invalid_argument: timeout', advice: 'give-up' },
  { when: 'a mount names a volume that is not visible yet', call: 'createMachine', status: 400, text: 'invalid_argument: volume does not exist', advice: 'retry', transient: true },
  { when: 'the organisation is unknown', call: 'getPlacements', status: 400, text: '', advice: 'give-up' },
  { when: 'a body is missing', call: 'createVolume', status: 400, text: 'EOF', advice: 'give-up' },
  { when: 'the token is bad or missing', call: 'getMachine', status: 401, text: 'Authenticate: token validation error', advice: 'give-up' },
  { when: 'the token is for another app', call: 'startMachine', status: 403, text: 'unauthorized', advice: 'give-up' },
  { when: 'the app is held by another organisation', call: 'getApp', status: 403, text: 'unauthorized', advice: 'give-up' },
  { when: 'the app is unknown', call: 'getApp', status: 404, text: 'app not found', advice: 'gone' },
  { when: 'the app of a create is unknown', call: 'createMachine', status: 404, text: 'app not found', advice: 'give-up' },
  { when: 'the machine is unknown', call: 'getMachine', status: 404, text: 'machine not found', advice: 'gone' },
  { when: 'the volume is unknown', call: 'deleteVolume', status: 404, text: 'volume not found', advice: 'gone' },
  { when: 'the metadata key is unknown', call: 'deleteMetadata', status: 404, text: 'not found', advice: 'gone' },
  { when: 'no lease is held', call: 'getMachine', status: 404, text: 'lease not found', advice: 'gone' },
  { when: 'a wait ran out of time', call: 'waitForState', status: 408, text: 'deadline_exceeded: machine failed to reach desired state, started, currently created', advice: 'wait-for-state' },
  { when: 'a create ran out of time', call: 'createMachine', status: 408, text: '', advice: 'adopt' },
  { when: 'the create of a volume ran out of time', call: 'createVolume', status: 408, text: '', advice: 'adopt' },
  { when: 'another call ran out of time', call: 'stopMachine', status: 408, text: '', advice: 'retry' },
  { when: "the machine's name is in use", call: 'createMachine', status: 409, text: nameTaken, advice: 'adopt' },
  { when: 'the same in other words', call: 'createMachine', status: 409, text: 'already_exists: machine', advice: 'adopt' },
  { when: 'somebody else holds the lease', call: 'startMachine', status: 409, text: leaseHeld, advice: 'retry', transient: true },
  { when: 'somebody else holds the lease', call: 'deleteMachine', status: 409, text: leaseHeld, advice: 'retry', transient: true },
  { when: 'two update at once', call: 'updateMachine', status: 409, text: 'aborted: machine update failed due to concurrent update', advice: 'retry' },
  { when: 'somebody updates what is started', call: 'startMachine', status: 409, text: 'aborted: machine update failed due to concurrent update', advice: 'retry', transient: true },
  { when: 'current_version is stale, by one reading', call: 'updateMachine', status: 409, text: 'aborted: current_version does not match', advice: 'retry' },
  { when: 'current_version is stale, by the other reading', call: 'updateMachine', status: 412, text: 'failed_precondition: machine version does not match', advice: 'retry' },
  { when: 'the host has no memory left', call: 'startMachine', status: 409, text: 'aborted: could not reserve resource for machine: insufficient memory available to fulfill request', advice: 'retry-elsewhere-host' },
  { when: 'the host has no CPUs left', call: 'updateMachine', status: 409, text: 'aborted: could not reserve resource for machine: insufficient CPUs available to fulfill request', advice: 'retry-elsewhere-host' },
  { when: 'the host has no addresses left', call: 'createMachine', status: 409, text: 'aborted: insufficient IPs available', advice: 'retry-elsewhere-host' },
  { when: 'the host has no room', call: 'updateMachine', status: 409, text: 'aborted: insufficient resources available to fulfill request: x', advice: 'retry-elsewhere-host' },
  { when: 'the region has no room for a volume', call: 'createVolume', status: 409, text: 'aborted: no capacity', advice: 'retry-elsewhere-region' },
  { when: 'the region has no room, and only the code says so', call: 'createVolume', status: 409, text: 'x', flyCode: 'insufficient_capacity', advice: 'retry-elsewhere-region' },
  { when: 'another conflict', call: 'extendVolume', status: 409, text: 'aborted: x', advice: 'retry' },
  { when: 'it was deleted', call: 'getApp', status: 410, text: 'deleted', advice: 'gone' },
  { when: 'a start comes while the machine is prepared', call: 'startMachine', status: 412, text: fromState('created'), advice: 'retry', transient: true },
  { when: 'a start comes while it is replaced', call: 'startMachine', status: 412, text: fromState('replacing'), advice: 'wait-for-state' },
  { when: 'a start comes while it stops', call: 'startMachine', status: 412, text: fromState('stopping'), advice: 'wait-for-state' },
  { when: 'a start comes while it still runs', call: 'startMachine', status: 412, text: 'failed_precondition: machine still active, refusing to start', advice: 'wait-for-state' },
  { when: 'a start comes while it is replaced, in other words', call: 'startMachine', status: 412, text: 'failed_precondition: machine getting replaced, refusing to start', advice: 'wait-for-state' },
  { when: 'the volume is still bound', call: 'deleteVolume', status: 412, text: `failed_precondition: volume is currently bound to machine: ${id}`, advice: 'retry' },
  { when: 'the volume is still bound, in other words', call: 'deleteVolume', status: 412, text: 'failed_precondition: x', advice: 'retry' },
  { when: 'another machine holds the volume', call: 'createMachine', status: 412, text: `volume already claimed by machine ${id}`, advice: 'retry' },
  { when: 'a machine that just died holds the volume', call: 'createMachine', status: 412, text: `volume already claimed by machine ${'\0'.repeat(14)}`, advice: 'retry' },
  { when: "the volume's host is full, by its code", call: 'createMachine', status: 412, text: 'no room', flyCode: 'volume_placement_capacity', advice: 'retry-elsewhere-host' },
  { when: "the volume's host is full, by its text", call: 'createMachine', status: 412, text: "insufficient resources to create new machine with existing volume id 'vol_1'", advice: 'retry-elsewhere-host' },
  { when: 'metadata is written with a stale version', call: 'mergeMetadata', status: 412, text: 'failed_precondition: machine_version does not match', advice: 'retry' },
  { when: 'another precondition', call: 'updateMachine', status: 412, text: 'failed_precondition: x', advice: 'wait-for-state' },
  { when: "an app's name is taken, by its code", call: 'getApp', status: 422, text: 'x', flyCode: 'name_taken', advice: 'give-up' },
  { when: "an app's name is taken", call: 'getApp', status: 422, text: 'Validation failed: Name has already been taken', advice: 'give-up' },
  { when: "an app's name is taken, as one operator saw it", call: 'getApp', status: 409, text: 'Name has already been taken', advice: 'give-up' },
  { when: "two want an app's name at once", call: 'getApp', status: 422, text: 'uniqueness constraint violated', advice: 'give-up' },
  { when: 'the region has no room, by its code', call: 'createMachine', status: 422, text: 'no room', flyCode: 'insufficient_capacity', advice: 'retry-elsewhere-region' },
  { when: 'the region has no room, by its text', call: 'createMachine', status: 422, text: 'could not find a candidate host', advice: 'retry-elsewhere-region' },
  { when: 'a limit is exceeded', call: 'getMachine', status: 429, text: 'slow down', advice: 'retry', transient: true },
  { when: 'a limit is exceeded by a create', call: 'createMachine', status: 429, text: '', advice: 'retry', transient: true },
  { when: 'the API cannot be reached', call: 'getMachine', status: 502, text: 'bad gateway', advice: 'retry' },
  { when: 'the host cannot be reached', call: 'stopMachine', status: 503, text: 'unavailable', advice: 'retry' },
  { when: 'the host of a create cannot be reached', call: 'createMachine', status: 503, text: 'unavailable', advice: 'adopt' },
  { when: 'the create of a volume broke', call: 'createVolume', status: 500, text: 'internal', advice: 'adopt' },
  { when: 'a status was never seen before', call: 'getMachine', status: 418, text: '', advice: 'give-up' },
];

/** How Fly refuses these is not published: whatever it is, the advice is the same. */
const unconfirmed: readonly [string, FlyCall, readonly number[], FlyAdvice][] = [
  ['a delete without force of a machine that runs', 'deleteMachine', [400, 409, 412, 422], 'wait-for-state'],
  ['a start of a machine that runs', 'startMachine', [409, 412], 'wait-for-state'],
  ['a stop in a state that forbids it', 'stopMachine', [409, 412], 'wait-for-state'],
  ['a suspend in a state that forbids it', 'suspendMachine', [409, 412], 'wait-for-state'],
  ['a suspend of a machine that can never be suspended', 'suspendMachine', [400, 422], 'give-up'],
];

const refusalOf = ({ call, status, text, flyCode }: Partial<Observed>): FlyRefusal => ({
  call: call ?? 'getMachine',
  status: status ?? 0,
  text: text ?? '',
  flyCode: flyCode ?? null,
});

describe('the advice table', () => {
  it.each(observed)('$status of $call, when $when → $advice', (one) => {
    expect(judge(refusalOf(one))).toEqual({ advice: one.advice, transient: one.transient ?? false });
  });

  it('reads a text in any case', () => {
    const text = 'Aborted: Could not reserve resource for machine: Insufficient memory available';
    expect(judge(refusalOf({ call: 'startMachine', status: 409, text })).advice).toBe('retry-elsewhere-host');
  });

  it.each(unconfirmed)('%s → the same advice for every status that it may have', (_, call, statuses, advice) => {
    const advices = statuses.map((status) => judge(refusalOf({ call, status, text: 'failed_precondition: x' })).advice);
    expect(advices).toEqual(statuses.map(() => advice));
  });

  it('has no row that decides nothing', () => {
    const cases = [
      ...observed.map(refusalOf),
      ...unconfirmed.flatMap(([, call, statuses]) => statuses.map((status) => refusalOf({ call, status }))),
    ];
    const deciding = new Set(cases.map(decidingRow));
    expect(adviceTable.filter((row) => !deciding.has(row))).toEqual([]);
  });

  it.each(flyCalls)('G4: advises a look after an unclear answer to %s if it creates, and only then', (call) => {
    const advices = [408, 500, 502, 503, 504].map((status) => judge(refusalOf({ call, status })).advice);
    expect(advices.every((advice) => advice === 'adopt')).toBe(creatingCalls.includes(call));
    expect(advices.some((advice) => advice === 'adopt')).toBe(creatingCalls.includes(call));
  });
});

it('reads the id out of a name conflict and out of nothing else', () => {
  expect(conflictingMachineId(refusalOf({ status: 409, text: nameTaken }))).toBe(id);
  expect(conflictingMachineId(refusalOf({ status: 412, text: nameTaken }))).toBeNull();
  expect(conflictingMachineId(refusalOf({ status: 409, text: leaseHeld }))).toBeNull();
});

it('reads the code with which a text begins, if it is one', () => {
  expect(grpcCodeOf(fromState('created'))).toBe('failed_precondition');
  expect(['Authenticate: x', 'json: cannot unmarshal', 'aborted', ''].map(grpcCodeOf)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
