import type { App, Apps } from '../apps/apps.js';
import type { AppRemovals } from '../apps/removal.js';
import type { MachineRegistry } from '../machines/registry.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { isDeleted } from '../volumes/volume.js';
import type { Volumes } from '../volumes/volumes.js';
import { assertOrg } from './access.js';
import { affinityCookie } from './affinity.js';
import { appOrder, createAppSchema } from './app-request.js';
import { parseBody } from './body.js';
import { booleanIn } from './query.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

export interface AppSources {
  readonly apps: Apps;
  /** Slugs of all organisations. */
  readonly orgs: readonly string[];
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly removals: AppRemovals;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** Source: fly.io/docs/machines/api/apps-resource. */
export function appRoutes(sources: AppSources): readonly Route[] {
  const on =
    (act: (sources: AppSources, request: ApiRequest) => ApiAnswer): Route['handle'] =>
    (request) =>
      act(sources, request);
  return [
    { method: 'POST', path: '/apps', call: 'create_app', handle: on(create) },
    {
      method: 'GET',
      path: '/apps',
      call: 'list_apps',
      emptyBody: () => ({ total_apps: 0, apps: [] }),
      handle: on(list),
    },
    { method: 'GET', path: '/apps/:app', call: 'get_app', handle: on(get) },
    { method: 'DELETE', path: '/apps/:app', call: 'delete_app', handle: on(remove) },
  ];
}

function create({ apps, orgs, unconfirmed }: AppSources, request: ApiRequest): ApiAnswer {
  const order = appOrder(parseBody(createAppSchema, request.bodyText));
  if (!orgs.includes(order.org)) throw refusals.unknownOrg(order.org);
  assertOrg(request.caller, order.org);
  if (apps.find(order.name) !== undefined) throw refusals.appNameTaken(unconfirmed.now.appNameTakenStatus);
  const { id, name, createdAtMs } = apps.add(order);
  const headers = affinityCookie('POST', name, unconfirmed.now.affinityCookie === 'sent');
  return { status: 201, body: { id, created_at: createdAtMs }, headers };
}

function list(sources: AppSources, request: ApiRequest): ApiAnswer {
  const org = request.query.get('org_slug') ?? '';
  if (org === '') throw refusals.invalid('org_slug is required');
  assertOrg(request.caller, org);
  // The emulator gives no roles, so none of its apps has the one that is asked for.
  const found = (request.query.get('app_role') ?? '') === '' ? sources.apps.list(org) : [];
  const shown = found.map((app) => ({ ...viewApp(sources, app), network: app.network }));
  return { status: 200, body: { total_apps: shown.length, apps: shown } };
}

function get(sources: AppSources, request: ApiRequest): ApiAnswer {
  const app = sources.apps.get(param(request, 'app'));
  const network = sources.unconfirmed.now.appNetwork === 'everywhere' ? { network: app.network } : {};
  return { status: 200, body: { ...viewApp(sources, app), ...network } };
}

/** The docs ask to stop the machines first, or to say `force`. */
function remove({ registry, removals, unconfirmed }: AppSources, request: ApiRequest): ApiAnswer {
  const app = param(request, 'app');
  const running = registry.list(app, { includeDeleted: false }).filter((machine) => isRunning(machine.record.state));
  if (running.length > 0 && !booleanIn(request.query, 'force') && unconfirmed.now.deleteRunningApp === 'refuse') {
    throw refusals.failedPrecondition(`app ${app} has running machines, stop them or use force`);
  }
  removals.begin(app);
  return { status: 202 };
}

function isRunning(state: string): boolean {
  return !['created', 'stopped', 'suspended', 'failed', 'destroying'].includes(state);
}

function viewApp({ registry, volumes }: AppSources, app: App): Readonly<Record<string, unknown>> {
  const machineCount = registry.list(app.name, { includeDeleted: false }).length;
  return {
    id: app.id,
    name: app.name,
    status: machineCount > 0 ? 'deployed' : 'pending',
    machine_count: machineCount,
    volume_count: volumes.list(app.name).filter((volume) => !isDeleted(volume)).length,
    organization: { name: app.org, slug: app.org },
    internal_numeric_id: app.number,
  };
}
