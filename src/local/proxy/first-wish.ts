import type { IncomingHttpHeaders } from 'node:http';
import { regionsOf } from '../fly/regions.js';
import type { RegionGroups, Wish } from './delivery/choose-targets.js';

/**
 * What a client may wish for by headers; a replay overrules it. Of an instance and a region both are kept.
 * Source: fly.io/docs/networking/dynamic-request-routing, "Alternative Routing Headers"
 */
export function firstWish(headers: IncomingHttpHeaders, forceInstanceWakes: boolean): Wish {
  const instance = one(headers['fly-force-instance-id']);
  return {
    instance,
    wakesNothing: instance !== undefined && !forceInstanceWakes,
    preferInstance: one(headers['fly-prefer-instance-id']),
    regions: groups(headers['fly-force-region']),
    preferRegions: groups(headers['fly-prefer-region']),
  };
}

function groups(header: string | string[] | undefined): RegionGroups | undefined {
  const names = String(header ?? '')
    .toLowerCase()
    .match(/[a-z]+/g);
  return header === undefined ? undefined : (names ?? []).map(regionsOf);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
