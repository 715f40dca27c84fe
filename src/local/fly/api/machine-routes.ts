import type { MachineRegistry } from '../machines/registry.js';
import { viewMachine } from '../machines/view.js';
import { refusals } from '../refusal.js';
import { parseBody } from './body.js';
import { createMachineSchema, resolveConfig, updateMachineSchema } from './machine-request.js';
import { booleanIn, listIn } from './query.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const collection = '/apps/:app/machines';
const item = `${collection}/:id`;

/** Create, look at, change and delete machines. Source: fly.io/docs/machines/api/machines-resource. */
export function machineRoutes(registry: MachineRegistry): readonly Route[] {
  return [
    { method: 'POST', path: collection, call: 'create_machine', handle: (request) => create(registry, request) },
    { method: 'GET', path: collection, call: 'list_machines', handle: (request) => list(registry, request) },
    { method: 'GET', path: item, call: 'get_machine', handle: (request) => get(registry, request) },
    { method: 'POST', path: item, call: 'update_machine', handle: (request) => update(registry, request) },
    { method: 'DELETE', path: item, call: 'delete_machine', handle: (request) => destroy(registry, request) },
  ];
}

function create(registry: MachineRegistry, request: ApiRequest): ApiAnswer {
  const body = parseBody(createMachineSchema, request.bodyText);
  const machine = registry.create({
    app: param(request, 'app'),
    name: body.name,
    region: body.region,
    config: resolveConfig(body),
    skipLaunch: body.skip_launch,
  });
  return { status: 200, body: viewMachine(machine.record) };
}

function list(registry: MachineRegistry, request: ApiRequest): ApiAnswer {
  const { query } = request;
  const states = listIn(query, 'state');
  const region = query.get('region');
  const metadata = [...query].flatMap(([name, value]) =>
    name.startsWith('metadata.') ? [[name.slice('metadata.'.length), value] as const] : [],
  );
  const summary = booleanIn(query, 'summary');
  const body = registry
    .list(param(request, 'app'), { includeDeleted: booleanIn(query, 'include_deleted') })
    .map((machine) => machine.record)
    .filter((record) => states.length === 0 || states.includes(record.state))
    .filter((record) => region === null || record.identity.region === region)
    .filter((record) => metadata.every(([key, value]) => record.config.metadata?.[key] === value))
    .map((record) => viewMachine(record, { summary }));
  return { status: 200, body };
}

function get(registry: MachineRegistry, request: ApiRequest): ApiAnswer {
  const machine = registry.get(param(request, 'app'), param(request, 'id'));
  return { status: 200, body: viewMachine(machine.record) };
}

/** The sent config takes the place of the old one; region and volume are for life. */
function update(registry: MachineRegistry, request: ApiRequest): ApiAnswer {
  const machine = registry.get(param(request, 'app'), param(request, 'id'));
  const body = parseBody(updateMachineSchema, request.bodyText);
  const { record } = machine;
  const config = resolveConfig(body);
  if (body.current_version !== undefined && body.current_version !== record.version) {
    throw refusals.failedPrecondition(`current_version is not the machine's, which is ${record.version}`);
  }
  if (body.region !== undefined && body.region !== record.identity.region) {
    throw refusals.invalid(`the region of a machine cannot change, it is ${record.identity.region}`);
  }
  if (config.mounts?.[0]?.volume !== record.config.mounts?.[0]?.volume) {
    throw refusals.invalid('the volume of a machine cannot change');
  }
  machine.update(config, body.skip_launch);
  return { status: 200, body: viewMachine(record) };
}

/** The vendor's own client sends `kill` for `force`. */
function destroy(registry: MachineRegistry, request: ApiRequest): ApiAnswer {
  const machine = registry.get(param(request, 'app'), param(request, 'id'));
  machine.destroy(booleanIn(request.query, 'force') || booleanIn(request.query, 'kill'));
  return { status: 200, body: { ok: true } };
}
