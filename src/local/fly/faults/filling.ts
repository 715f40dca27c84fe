import { z } from 'zod';
import type { Filling } from '../catalogue.js';
import type { CallFacts } from './match.js';

/** So much of a create as the texts of refusals may quote. */
const quoted = z.object({
  name: z.string().optional().catch(undefined),
  org_slug: z.string().optional().catch(undefined),
  config: z
    .object({ mounts: z.array(z.object({ volume: z.string() })).optional() })
    .optional()
    .catch(undefined),
});

const things = ['volume', 'app', 'lease', 'machine'] as const;

/** What the request itself tells of itself, for the text of a refusal. */
export function fillingOf({ call, target }: CallFacts, query: URLSearchParams, bodyText: string): Filling {
  const { name, org_slug: org, config } = quoted.safeParse(parsed(bodyText)).data ?? {};
  const thing = things.find((one) => call.endsWith(one));
  const told = {
    id: target,
    name,
    org,
    thing,
    volume: thing === 'volume' ? target : config?.mounts?.[0]?.volume,
    wanted: query.get('state') ?? undefined,
  };
  return Object.fromEntries(
    Object.entries(told).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
