import { z } from 'zod';
import { time } from './values.js';

export const assignIpRequest = z.strictObject({
  type: z.string(),
  network: z.exactOptional(z.string()),
  region: z.exactOptional(z.string()),
  org_slug: z.exactOptional(z.string()),
  service_name: z.exactOptional(z.string()),
});

/** `egress` and `network` are from newer revisions. */
export const ipAssignment = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6()]),
  region: z.exactOptional(z.string()),
  service_name: z.exactOptional(z.string()),
  shared: z.exactOptional(z.boolean()),
  created_at: z.exactOptional(time),
  egress: z.exactOptional(z.boolean()),
  network: z.exactOptional(z.string()),
});

export const ipAssignments = z.strictObject({ ips: z.array(ipAssignment) });
