import type { WaitableState } from '../../../sdk/fly/wire.js';
import type { Machine } from '../machines/machine.js';
import type { MachineRecord } from '../machines/record.js';
import { isResting } from '../machines/state-machine.js';
import { waitUntil } from '../machines/wait-until.js';
import { refusals } from '../refusal.js';
import { listIn, wholeIn } from './query.js';
import type { ApiAnswer, ApiRequest } from './router.js';

const waitable: readonly WaitableState[] = ['started', 'stopped', 'suspended', 'destroyed', 'failed', 'settled'];

/**
 * Answers once the machine is in one of the states, or 408 when the time is over; a version that is not the machine's
 * any more is `replaced` and never gets there.
 */
export async function waitForState(machine: Machine, request: ApiRequest): Promise<ApiAnswer> {
  const { query, signal } = request;
  const wanted = wantedStates(query);
  const timeoutSecs = wholeIn(query, 'timeout', { min: 1, max: 60, fallback: 60 });
  const version = query.get('version') ?? query.get('instance_id');
  const isThatVersion = (record: MachineRecord) => version === null || version === record.version;
  const fits = (record: MachineRecord) => isThatVersion(record) && wanted.some((state) => isIn(record, state));
  const { record } = machine;
  if (!(await waitUntil(record, fits, { timeoutMs: timeoutSecs * 1000, clock: machine.clock, signal }))) {
    throw refusals.waitedInVain(wanted.join(', '), isThatVersion(record) ? record.state : 'replaced');
  }
  const event = record.events.newestFirst[0];
  return { status: 200, body: { ok: true, state: record.state, version: record.version, event_id: event?.id } };
}

function wantedStates(query: URLSearchParams): readonly string[] {
  const asked = listIn(query, 'state');
  const unknown = asked.find((state) => !waitable.some((known) => known === state));
  if (unknown !== undefined) throw refusals.invalid(`cannot wait for state ${unknown}`);
  return asked.length === 0 ? ['started'] : asked;
}

function isIn(record: MachineRecord, wanted: string): boolean {
  return wanted === 'settled' ? isResting(record.phase) : record.phase === wanted;
}
