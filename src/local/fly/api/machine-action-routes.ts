import { type StopRequest, stopRequestSchema } from '../machines/config/stop-order.js';
import { stopSignals } from '../machines/config/values.js';
import { parseDurationMs } from '../machines/duration.js';
import { maxEvents } from '../machines/events.js';
import type { Machine } from '../machines/machine.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { parseBody } from './body.js';
import type { MachineCalls } from './machine-calls.js';
import { booleanIn, wholeIn } from './query.js';
import type { ApiAnswer, ApiRequest, Route } from './router.js';
import { waitForState } from './wait.js';

const item = '/apps/:app/machines/:id';

/** What a machine is told to do, and what it tells. Source: fly.io/docs/machines/api/machines-resource. */
export function machineActionRoutes(calls: MachineCalls, unconfirmed: UnconfirmedAnswers): readonly Route[] {
  const wait = (machine: Machine, request: ApiRequest) => waitForState(machine, request, unconfirmed.now);
  return [
    { method: 'POST', path: `${item}/start`, call: 'start_machine', handle: calls.write(start) },
    { method: 'POST', path: `${item}/stop`, call: 'stop_machine', handle: calls.write(stop) },
    { method: 'POST', path: `${item}/suspend`, call: 'suspend_machine', handle: calls.write(suspend) },
    { method: 'POST', path: `${item}/restart`, call: 'restart_machine', handle: calls.write(restart) },
    { method: 'POST', path: `${item}/cordon`, call: 'cordon_machine', handle: calls.write(cordon) },
    { method: 'POST', path: `${item}/uncordon`, call: 'uncordon_machine', handle: calls.write(uncordon) },
    { method: 'GET', path: `${item}/wait`, call: 'wait_machine', handle: calls.read(wait) },
    { method: 'GET', path: `${item}/events`, call: 'list_events', handle: calls.read(listEvents) },
    { method: 'GET', path: `${item}/versions`, call: 'list_versions', handle: calls.read(listVersions) },
  ];
}

const done: ApiAnswer = { status: 200, body: { ok: true } };

function start(machine: Machine): ApiAnswer {
  const previousState = machine.record.state;
  machine.start('user');
  return { status: 200, body: { previous_state: previousState, migrated: false, new_host: '' } };
}

function stop(machine: Machine, request: ApiRequest): ApiAnswer {
  machine.stop('user', request.bodyText.trim() === '' ? {} : parseBody(stopRequestSchema, request.bodyText));
  return done;
}

function suspend(machine: Machine): ApiAnswer {
  machine.suspend('user');
  return done;
}

function restart(machine: Machine, { query }: ApiRequest): ApiAnswer {
  machine.restart(restartRequest(query), booleanIn(query, 'force_stop'));
  return done;
}

/** The time is a Go duration or whole seconds. @throws FlyRefusal 400 */
function restartRequest(query: URLSearchParams): StopRequest {
  const [timeout, name] = [query.get('timeout') || undefined, query.get('signal') || undefined];
  const signal = stopSignals.find((known) => known === name);
  if (name !== undefined && signal === undefined) throw refusals.invalid(`unknown signal ${name}`);
  const inUnits = timeout !== undefined && /^\d+$/.test(timeout) ? `${timeout}s` : timeout;
  if (inUnits !== undefined && parseDurationMs(inUnits) === undefined) {
    throw refusals.invalid(`time: invalid duration "${timeout}"`);
  }
  return { ...(signal && { signal }), ...(inUnits !== undefined && { timeout: inUnits }) };
}

function cordon({ record }: Machine): ApiAnswer {
  record.cordon(true);
  return done;
}

function uncordon({ record }: Machine): ApiAnswer {
  record.cordon(false);
  return done;
}

function listEvents(machine: Machine, request: ApiRequest): ApiAnswer {
  const limit = wholeIn(request.query, 'limit', { min: 1, max: maxEvents, fallback: 20 });
  return { status: 200, body: machine.record.events.newestFirst.slice(0, limit) };
}

function listVersions({ record }: Machine): ApiAnswer {
  const body = record.versions.newestFirst.map(({ version, config }) => ({ version, user_config: config }));
  return { status: 200, body };
}
