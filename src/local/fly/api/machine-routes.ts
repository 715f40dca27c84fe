import type { Machine } from '../machines/machine.js';
import type { MachineRegistry } from '../machines/registry.js';
import { viewMachine } from '../machines/view.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { parseBody } from './body.js';
import type { MachineCalls } from './machine-calls.js';
import { leaseFor } from './machine-lease-routes.js';
import { createMachineSchema, resolveConfig, updateMachineSchema } from './machine-request.js';
import { booleanIn, listIn } from './query.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const collection = '/apps/:app/machines';
const item = `${collection}/:id`;

/** Create, look at, change and delete machines. Source: fly.io/docs/machines/api/machines-resource. */
export function machineRoutes(
  registry: MachineRegistry,
  calls: MachineCalls,
  unconfirmed: UnconfirmedAnswers,
): readonly Route[] {
  const filtersMetadata = () => unconfirmed.now.metadataFilter === 'honoured';
  const change = (machine: Machine, request: ApiRequest) =>
    update(machine, request, unconfirmed.now.staleVersionStatus);
  return [
    { method: 'POST', path: collection, call: 'create_machine', handle: (request) => create(registry, request) },
    {
      method: 'GET',
      path: collection,
      call: 'list_machines',
      handle: (request) => list(request, filtersMetadata()),
    },
    { method: 'GET', path: item, call: 'get_machine', handle: calls.read(get) },
    { method: 'POST', path: item, call: 'update_machine', handle: calls.write(change) },
    { method: 'DELETE', path: item, call: 'delete_machine', handle: calls.destroy(destroy) },
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
    cordoned: body.skip_service_registration,
    skipsSecrets: body.skip_secrets,
  });
  return leased(machine, request, body.lease_ttl);
}

function list(request: ApiRequest, filtersMetadata: boolean): ApiAnswer {
  const { query, lists } = request;
  const [states, regions] = [listIn(query, 'state'), listIn(query, 'region')];
  const metadata = filtersMetadata ? metadataIn(query) : [];
  const options = { summary: booleanIn(query, 'summary'), withLease: booleanIn(query, 'include_leases') };
  const body = lists
    .machines(param(request, 'app'), { includeDeleted: booleanIn(query, 'include_deleted') })
    .filter(({ record }) => states.length === 0 || states.includes(record.state))
    .filter(({ record }) => regions.length === 0 || regions.includes(record.identity.region))
    .filter(({ record }) => metadata.every(([key, value]) => record.config.metadata?.[key] === value))
    .map((machine) => viewMachine(machine, options));
  return { status: 200, body };
}

function metadataIn(query: URLSearchParams): readonly (readonly [key: string, value: string])[] {
  return [...query].flatMap(([name, value]) =>
    name.startsWith('metadata.') ? [[name.slice('metadata.'.length), value] as const] : [],
  );
}

function get(machine: Machine, { query }: ApiRequest): ApiAnswer {
  return { status: 200, body: viewMachine(machine, { withLease: booleanIn(query, 'include_leases') }) };
}

/** The sent config takes the place of the old one; region and volume are for life. */
function update(machine: Machine, request: ApiRequest, staleVersionStatus: number): ApiAnswer {
  const body = parseBody(updateMachineSchema, request.bodyText);
  const { record } = machine;
  const config = resolveConfig(body);
  if (body.current_version !== undefined && body.current_version !== record.version) {
    throw refusals.withStatus(staleVersionStatus, `current_version is not the machine's, which is ${record.version}`);
  }
  if (body.region !== undefined && body.region !== record.identity.region) {
    throw refusals.invalid(`the region of a machine cannot change, it is ${record.identity.region}`);
  }
  if (config.mounts?.[0]?.volume !== record.config.mounts?.[0]?.volume) {
    throw refusals.invalid('the volume of a machine cannot change');
  }
  machine.update(config, { skipsLaunch: body.skip_launch, skipsSecrets: body.skip_secrets });
  if (body.skip_service_registration) record.cordon(true);
  return leased(machine, request, body.lease_ttl);
}

/** The nonce of a lease that came with the request is told this once. */
function leased(machine: Machine, request: ApiRequest, ttlSecs: number): ApiAnswer {
  const options = ttlSecs === 0 ? {} : { nonce: leaseFor(machine, request, ttlSecs).nonce };
  return { status: 200, body: viewMachine(machine, options) };
}

/** The vendor's own client sends `kill` for `force`. */
function destroy(machine: Machine, request: ApiRequest): ApiAnswer {
  machine.destroy(booleanIn(request.query, 'force') || booleanIn(request.query, 'kill'));
  return { status: 200, body: { ok: true } };
}
