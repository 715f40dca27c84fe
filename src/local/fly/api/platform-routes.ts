import { z } from 'zod';
import type { Hosts } from '../hosts/hosts.js';
import { roomFor } from '../hosts/room.js';
import { refusals } from '../refusal.js';
import { nearestRegion, regions, regionsOf } from '../regions.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { assertOrg } from './access.js';
import { parseBody } from './body.js';
import { computeSchema } from './compute.js';
import { optional, optionalText } from './optional.js';
import type { ApiAnswer, ApiRequest, Route } from './router.js';

const placementsSchema = z.object({
  org_slug: z.string().min(1),
  region: optionalText(z.string()),
  count: optional(z.int().nonnegative()),
  compute: optional(computeSchema),
  volume_name: optionalText(z.string()),
  volume_size_bytes: optional(z.int().nonnegative()),
  weights: optional(z.record(z.string(), z.int())),
});

export interface PlatformSources {
  readonly hosts: Hosts;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** What the platform says of itself. Source: docs.machines.dev. */
export function platformRoutes({ hosts, unconfirmed }: PlatformSources): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/platform/regions',
      call: 'list_regions',
      emptyBody: () => viewRegions([], unconfirmed),
      handle: () => ({ status: 200, body: viewRegions(regions, unconfirmed) }),
    },
    {
      method: 'POST',
      path: '/platform/placements',
      call: 'get_placements',
      handle: (request) => placements(hosts, request),
    },
  ];
}

function viewRegions(shown: typeof regions, unconfirmed: UnconfirmedAnswers): unknown {
  const list = shown.map((region) => ({ ...region, gateway_available: true, requires_paid_plan: false }));
  const capitals = unconfirmed.now.regionKeys === 'capitals';
  return capitals ? { Nearest: nearestRegion, Regions: list } : { nearest: nearestRegion, regions: list };
}

/** Sizes and weights are checked and then make no difference: a host here has room or has none. */
function placements(hosts: Hosts, request: ApiRequest): ApiAnswer {
  const body = parseBody(placementsSchema, request.bodyText);
  assertOrg(request.caller, body.org_slug);
  const wanted = regionsOf(body.region ?? `${nearestRegion},any`);
  if (wanted.length === 0) throw refusals.invalid(`unknown region ${body.region}`);
  return { status: 200, body: { regions: roomFor(body.count ?? 0, wanted, hosts.list()) } };
}
