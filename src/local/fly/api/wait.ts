import type { WaitableState } from '../../../sdk/fly/wire.js';
import type { Machine } from '../machines/machine.js';
import type { MachineRecord } from '../machines/record.js';
import { isResting } from '../machines/state-machine.js';
import { waitUntil } from '../machines/wait-until.js';
import { refusals } from '../refusal.js';
import type { Unconfirmed } from '../unconfirmed.js';
import { listIn, wholeIn } from './query.js';
import type { ApiAnswer, ApiRequest } from './router.js';

const waitable: readonly WaitableState[] = ['started', 'stopped', 'suspended', 'destroyed', 'failed', 'settled'];

/**
 * Answers once the machine is in one of the states, or 408 when the time is over; a version that is not the machine's
 * any more is `replaced` or `migrated` and never gets there. After an event of the caller's a state counts also if it
 * has passed meanwhile: so we read `from_event_id`, of which little is published.
 */
export async function waitForState(
  machine: Machine,
  request: ApiRequest,
  unconfirmed: Unconfirmed,
): Promise<ApiAnswer> {
  const { query, signal } = request;
  const wanted = wantedStates(query);
  const timeoutSecs = wholeIn(query, 'timeout', { min: 1, max: 60, fallback: 60 });
  const version = query.get('version') ?? query.get('instance_id') ?? undefined;
  if (version === undefined && wanted.includes('stopped') && unconfirmed.waitForStopped === 'needs_version') {
    throw refusals.invalid('instance_id is required to wait for state stopped');
  }
  const { record } = machine;
  const fromEventId = query.get('from_event_id') ?? undefined;
  const superseded = () => (version === undefined ? undefined : record.versions.superseded(version));
  const reached = () => (superseded() === undefined ? reachedState(record, wanted, fromEventId) : undefined);
  const bound = { timeoutMs: timeoutSecs * 1000, clock: machine.clock, signal };
  const end = await waitUntil(record, reached, bound);
  if (end === undefined) throw refusals.waitedInVain(wanted.join(', '), superseded() ?? record.state);
  if (unconfirmed.waitAnswer === 'ok_only') return { status: 200, body: { ok: true } };
  return { status: 200, body: { ok: true, state: end.state, version: record.version, event_id: end.eventId } };
}

function wantedStates(query: URLSearchParams): readonly string[] {
  const asked = listIn(query, 'state');
  const unknown = asked.find((state) => !waitable.some((known) => known === state));
  if (unknown !== undefined) throw refusals.invalid(`cannot wait for state ${unknown}`);
  return asked.length === 0 ? ['started'] : asked;
}

interface Reached {
  readonly state: string;
  readonly eventId: string | undefined;
}

/** Undefined when none of the states is or was reached. */
function reachedState(
  record: MachineRecord,
  wanted: readonly string[],
  fromEventId: string | undefined,
): Reached | undefined {
  const { events, state } = record;
  const since = fromEventId === undefined ? undefined : events.since(fromEventId);
  const passed = since?.find(({ status }) => wanted.includes(status));
  if (passed !== undefined) return { state: passed.status, eventId: passed.id };
  const isThere = since?.length !== 0 && wanted.some((one) => isIn(record, one));
  return isThere ? { state, eventId: events.newestFirst[0]?.id } : undefined;
}

function isIn(record: MachineRecord, wanted: string): boolean {
  return wanted === 'settled' ? isResting(record.phase) : record.phase === wanted;
}
