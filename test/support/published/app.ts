import { z } from 'zod';
import { whole } from './values.js';

const organization = z.strictObject({
  name: z.string(),
  slug: z.string(),
  internal_numeric_id: z.exactOptional(z.int()),
});

export const app = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.exactOptional(z.string()),
  network: z.exactOptional(z.string()),
  machine_count: z.exactOptional(whole),
  volume_count: z.exactOptional(whole),
  organization: z.exactOptional(organization),
  internal_numeric_id: z.exactOptional(z.int()),
  // What the vendor's client reads besides.
  cname_target: z.exactOptional(z.string()),
  app_role: z.exactOptional(z.string()),
});

export const apps = z.strictObject({ total_apps: whole, apps: z.array(app) });

/** The published document says `name`, the docs and live callers say `app_name`. */
export const createAppRequest = z
  .strictObject({
    app_name: z.exactOptional(z.string()),
    name: z.exactOptional(z.string()),
    org_slug: z.string(),
    network: z.exactOptional(z.string()),
    enable_subdomains: z.exactOptional(z.boolean()),
    app_role_id: z.exactOptional(z.string()),
  })
  .refine((body) => (body.app_name ?? body.name) !== undefined, 'neither app_name nor name');

/** The docs show the id and, in the vendor's word, a time in milliseconds. */
export const createAppAnswer = z.strictObject({ id: z.string(), created_at: z.union([z.int(), z.string()]) });

export const deployTokenRequest = z.strictObject({ expiry: z.exactOptional(z.string()) });
export const deployTokenAnswer = z.strictObject({ token: z.string().min(1) });
