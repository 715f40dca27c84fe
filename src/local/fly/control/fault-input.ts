import { z } from 'zod';
import type { FlyCall } from '../calls.js';
import { catalogueIds } from '../catalogue.js';
import { type Fault, passingStates } from '../faults/fault.js';
import { badRequest, readInput } from './router.js';

const maxMs = 24 * 3_600_000;
const ms = z.number().min(0).max(maxMs);
const status = z.int().min(200).max(599);
/** What a header's value may hold. Source: RFC 9110, section 5.5. */
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'no value of a header');
const headers = z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'no name of a header'), headerValue);

const reach = {
  times: z
    .union([z.int().min(1), z.literal('always')])
    .default(1)
    .transform((times) => (times === 'always' ? Number.POSITIVE_INFINITY : times)),
  target: z.exactOptional(z.string().min(1)),
  app: z.exactOptional(z.string().min(1)),
};
const refusal = {
  kind: z.literal('refuse'),
  headers: z.exactOptional(headers),
  afterActing: z.exactOptional(z.boolean()),
};

/** What faults may be asked for, by kind. `calls` are those that the API knows. */
function faultSchemas(calls: readonly FlyCall[]) {
  const onCall = { ...reach, call: z.enum([...calls, '*' as const]).default('*') };
  return {
    refuse: z.strictObject({
      ...onCall,
      ...refusal,
      status,
      error: z.string(),
      bodyStatus: z.exactOptional(z.string()),
    }),
    refuseByRow: z.strictObject({ ...onCall, ...refusal, row: z.enum(catalogueIds) }),
    delay: z.strictObject({ ...onCall, kind: z.literal('delay'), ms }),
    lose_answer: z.strictObject({ ...onCall, kind: z.literal('lose_answer') }),
    drop: z.strictObject({ ...onCall, kind: z.literal('drop') }),
    hang: z.strictObject({ ...onCall, kind: z.literal('hang') }),
    garbage: z.strictObject({ ...onCall, kind: z.literal('garbage'), status: z.exactOptional(status) }),
    truncated: z.strictObject({ ...onCall, kind: z.literal('truncated'), cut: z.exactOptional(z.boolean()) }),
    list_empty: z.strictObject({ ...onCall, kind: z.literal('list_empty') }),
    list_stale: z.strictObject({ ...onCall, kind: z.literal('list_stale') }),
    forget: z.strictObject({ ...onCall, kind: z.literal('forget'), forMs: z.exactOptional(ms) }),
    stuck: z.strictObject({
      ...reach,
      kind: z.literal('stuck'),
      state: z.enum(passingStates),
    }),
  } satisfies Record<Fault['kind'] | 'refuseByRow', z.ZodType<Fault>>;
}

const kinds: readonly Fault['kind'][] = [
  'refuse',
  'delay',
  'lose_answer',
  'drop',
  'hang',
  'garbage',
  'truncated',
  'list_empty',
  'list_stale',
  'forget',
  'stuck',
];

/** @throws FlyRefusal 400 that names what is known */
export function readFault(calls: readonly FlyCall[], body: Readonly<Record<string, unknown>>): Fault {
  const kind = kinds.find((one) => one === body.kind);
  if (kind === undefined) {
    throw badRequest(`There is no fault of kind ${shown(body.kind)}; there are ${kinds.join(', ')}.`);
  }
  const schemas = faultSchemas(calls);
  return readInput(kind === 'refuse' && 'row' in body ? schemas.refuseByRow : schemas[kind], body);
}

function shown(kind: unknown): string {
  return typeof kind === 'string' ? `"${kind.slice(0, 50)}"` : 'that name';
}
