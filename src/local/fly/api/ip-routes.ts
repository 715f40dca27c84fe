import { z } from 'zod';
import type { IpAssignment, IpAssignments } from '../apps/ip-assignments.js';
import { ipTypes } from '../apps/ip-assignments.js';
import { refusals } from '../refusal.js';
import { regionsOf } from '../regions.js';
import { parseBody } from './body.js';
import { optionalText } from './optional.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const collection = '/apps/:app/ip_assignments';

const assignSchema = z.object({
  type: z.enum(ipTypes),
  region: optionalText(z.string()),
  network: optionalText(z.string()),
  org_slug: optionalText(z.string()),
  service_name: optionalText(z.string()),
});

/** Addresses of apps. Source: docs.machines.dev. */
export function ipRoutes(ips: IpAssignments, orgs: readonly string[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: collection,
      call: 'list_ips',
      emptyBody: () => ({ ips: [] }),
      handle: (request) => ({ status: 200, body: { ips: ips.list(param(request, 'app')).map(viewIp) } }),
    },
    { method: 'POST', path: collection, call: 'assign_ip', handle: (request) => assign(ips, orgs, request) },
    {
      method: 'DELETE',
      path: `${collection}/:ip`,
      call: 'release_ip',
      handle: (request) => {
        if (!ips.release(param(request, 'app'), param(request, 'ip'))) throw refusals.notFound('ip assignment');
        return { status: 204 };
      },
    },
  ];
}

/** A Flycast address may be for another organisation's network: both names are checked and then not kept. */
function assign(ips: IpAssignments, orgs: readonly string[], request: ApiRequest): ApiAnswer {
  const body = parseBody(assignSchema, request.bodyText);
  if (body.org_slug !== undefined && !orgs.includes(body.org_slug)) {
    throw refusals.unknownOrg(body.org_slug);
  }
  const { region = 'global', service_name: serviceName = '' } = body;
  if (region !== 'global' && regionsOf(region).length === 0) throw refusals.invalid(`unknown region ${region}`);
  return { status: 200, body: viewIp(ips.assign(param(request, 'app'), { type: body.type, region, serviceName })) };
}

function viewIp(assignment: IpAssignment): unknown {
  return {
    ip: assignment.ip,
    region: assignment.region,
    service_name: assignment.serviceName,
    shared: assignment.type === 'shared_v4',
    created_at: new Date(assignment.createdAtMs).toISOString(),
  };
}
