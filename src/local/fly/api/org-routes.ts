import type { Clock } from '../../clock.js';
import type { Apps } from '../apps/apps.js';
import type { Hosts } from '../hosts/hosts.js';
import { lostRegions } from '../hosts/room.js';
import { guestOf } from '../machines/config/guest-of.js';
import type { MachineSight } from '../machines/sight.js';
import { lastChangeMs, stateAt } from '../volumes/states.js';
import { isDeleted, type Volume } from '../volumes/volume.js';
import { assertOrg } from './access.js';
import { type Listed, orgQuery, type Page, pageOf } from './org-page.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';
import type { VolumeViewer } from './volume-viewer.js';

export interface OrgSources {
  readonly apps: Apps;
  readonly viewer: VolumeViewer;
  readonly hosts: Hosts;
  readonly clock: Clock;
}

/**
 * All machines or volumes of an organisation, the longest unchanged first. On Fly they lag; here they do not.
 * Source: docs.machines.dev.
 */
export function orgRoutes(sources: OrgSources): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/orgs/:org/machines',
      call: 'list_org_machines',
      emptyBody: () => ({ machines: [], ...end({ items: [], nextCursor: '', last: undefined }, 'last_machine_id') }),
      handle: (request) => listMachines(sources, request),
    },
    {
      method: 'GET',
      path: '/orgs/:org/volumes',
      call: 'list_org_volumes',
      emptyBody: () => ({ volumes: [], ...end({ items: [], nextCursor: '', last: undefined }, 'last_volume_id') }),
      handle: (request) => listVolumes(sources, request),
    },
  ];
}

function listMachines({ apps, hosts }: OrgSources, request: ApiRequest): ApiAnswer {
  const org = param(request, 'org');
  assertOrg(request.caller, org);
  const query = orgQuery(request.query);
  const missing = lostRegions(hosts.list());
  const records = apps
    .list(org)
    .flatMap(({ name }) => request.lists.machines(name, { includeDeleted: query.includeDeleted }))
    .map(({ record }) => record)
    .filter((record) => !missing.includes(record.identity.region));
  const page = pageOf(records.map(listedMachine), query);
  const machines = page.items.map(({ record }) => viewOrgMachine(record, query.summary));
  return { status: 200, body: { machines, ...end(page, 'last_machine_id'), error_regions: missing } };
}

function listedMachine(record: MachineSight['record']): Listed & { readonly record: MachineSight['record'] } {
  const { identity, state, updatedAtMs } = record;
  return { id: identity.id, region: identity.region, state, updatedAtMs, record };
}

/** Of the config only what tells machines apart. */
function viewOrgMachine(record: MachineSight['record'], summary: boolean): unknown {
  const { identity, config } = record;
  const { image, metadata = {} } = config;
  return {
    id: identity.id,
    app_name: identity.app,
    name: identity.name,
    state: record.state,
    region: identity.region,
    instance_id: record.version,
    version: record.version,
    private_ip: record.privateIp,
    created_at: new Date(record.createdAtMs).toISOString(),
    updated_at: new Date(record.updatedAtMs).toISOString(),
    ...(summary ? {} : { config: { image, guest: guestOf(config), metadata } }),
  };
}

/** Those of hosts that cannot be reached are among them: the published answer has no place to say what is missing. */
async function listVolumes(sources: OrgSources, request: ApiRequest): Promise<ApiAnswer> {
  const { apps, viewer, clock } = sources;
  const org = param(request, 'org');
  assertOrg(request.caller, org);
  const query = orgQuery(request.query);
  const found = apps
    .list(org)
    .flatMap(({ name }) => request.lists.volumes(name))
    .filter((volume) => query.includeDeleted || !isDeleted(volume));
  const page = pageOf(
    found.map((volume) => listedVolume(volume, clock.nowMs())),
    query,
  );
  const items = page.items.map(async ({ volume, updatedAtMs }) => ({
    ...(query.summary ? viewer.summary(volume) : await viewer.whole(volume)),
    app_name: volume.app,
    updated_at: new Date(updatedAtMs).toISOString(),
  }));
  return { status: 200, body: { volumes: await Promise.all(items), ...end(page, 'last_volume_id') } };
}

function listedVolume(volume: Volume, nowMs: number): Listed & { readonly volume: Volume } {
  const { id, region, course, changedAtMs } = volume;
  return { id, region, state: stateAt(course, nowMs), updatedAtMs: lastChangeMs(course, changedAtMs, nowMs), volume };
}

function end(page: Page<unknown>, lastId: 'last_machine_id' | 'last_volume_id'): Readonly<Record<string, unknown>> {
  const { last, nextCursor } = page;
  return {
    next_cursor: nextCursor,
    ...(last === undefined ? {} : { [lastId]: last.id, last_updated_at: new Date(last.updatedAtMs).toISOString() }),
  };
}
