import { stopRequestSchema } from '../machines/config.js';
import { maxEvents } from '../machines/events.js';
import type { Machine } from '../machines/machine.js';
import type { MachineRegistry } from '../machines/registry.js';
import { parseBody } from './body.js';
import { wholeIn } from './query.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';
import { waitForState } from './wait.js';

const item = '/apps/:app/machines/:id';

/** What a machine is told to do, and what it tells. */
export function machineActionRoutes(registry: MachineRegistry): readonly Route[] {
  const on =
    (act: (machine: Machine, request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>): Route['handle'] =>
    (request) =>
      act(registry.get(param(request, 'app'), param(request, 'id')), request);
  return [
    { method: 'POST', path: `${item}/start`, call: 'start_machine', handle: on(start) },
    { method: 'POST', path: `${item}/stop`, call: 'stop_machine', handle: on(stop) },
    { method: 'POST', path: `${item}/suspend`, call: 'suspend_machine', handle: on(suspend) },
    { method: 'GET', path: `${item}/wait`, call: 'wait_machine', handle: on(waitForState) },
    { method: 'GET', path: `${item}/events`, call: 'list_events', handle: on(listEvents) },
  ];
}

function start(machine: Machine): ApiAnswer {
  const previousState = machine.record.state;
  machine.start('user');
  return { status: 200, body: { previous_state: previousState, migrated: false, new_host: '' } };
}

function stop(machine: Machine, request: ApiRequest): ApiAnswer {
  machine.stop('user', request.bodyText.trim() === '' ? {} : parseBody(stopRequestSchema, request.bodyText));
  return { status: 200, body: { ok: true } };
}

function suspend(machine: Machine): ApiAnswer {
  machine.suspend('user');
  return { status: 200, body: { ok: true } };
}

function listEvents(machine: Machine, request: ApiRequest): ApiAnswer {
  const limit = wholeIn(request.query, 'limit', { min: 1, max: maxEvents, fallback: 20 });
  return { status: 200, body: machine.record.events.newestFirst.slice(0, limit) };
}
