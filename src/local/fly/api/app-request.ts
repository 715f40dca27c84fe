import { z } from 'zod';
import { refusals } from '../refusal.js';
import { optional, optionalText } from './optional.js';

/** The docs name the field `app_name`, the published document and the vendor's client `name`: either will do. */
export const createAppSchema = z.object({
  app_name: optionalText(z.string()),
  name: optionalText(z.string()),
  org_slug: z.string().min(1),
  network: optionalText(z.string().regex(/^[a-z][a-z0-9-]*$/i, 'letters, digits and dashes, a letter first')),
  enable_subdomains: optional(z.boolean()),
});

export interface AppOrder {
  readonly name: string;
  readonly org: string;
  readonly network: string;
}

/** @throws FlyRefusal 400 without a name, 422 for one that no app can have */
export function appOrder(body: z.infer<typeof createAppSchema>): AppOrder {
  const name = body.app_name ?? body.name;
  if (name === undefined) throw refusals.invalid('app_name is required');
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) throw refusals.badAppName();
  return { name, org: body.org_slug, network: body.network ?? 'default' };
}
