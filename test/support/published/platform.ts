import { z } from 'zod';
import { machineGuest } from './guest.js';
import { whole } from './values.js';

const region = z.strictObject({
  code: z.string(),
  name: z.string(),
  latitude: z.exactOptional(z.number()),
  longitude: z.exactOptional(z.number()),
  gateway_available: z.exactOptional(z.boolean()),
  requires_paid_plan: z.exactOptional(z.boolean()),
  deprecated: z.exactOptional(z.boolean()),
  geo_region: z.exactOptional(z.string()),
});

/** Capitals are what was seen, small letters what is published. */
export const regions = z.union([
  z.strictObject({ Regions: z.array(region), Nearest: z.string() }),
  z.strictObject({ regions: z.array(region), nearest: z.string() }),
]);

export const placementsRequest = z.strictObject({
  org_slug: z.string(),
  region: z.exactOptional(z.string()),
  count: z.exactOptional(whole),
  compute: z.exactOptional(machineGuest),
  volume_name: z.exactOptional(z.string()),
  volume_size_bytes: z.exactOptional(whole),
  weights: z.exactOptional(z.record(z.string(), z.int())),
});

const placement = { region: z.string(), count: whole, concurrency: z.exactOptional(z.int()) };
export const placements = z.strictObject({ regions: z.array(z.strictObject(placement)) });
