import { z } from 'zod';

/** The fields of a replay, as far as header and JSON share them. */
const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const durationMs = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : unitMs[unit];
  if (amount !== undefined && factor !== undefined) return Number(amount) * factor;
  context.addIssue({ code: 'custom', message: 'needs a number and a unit such as 10s or 800ms' });
  return z.NEVER;
});

const plainMs = z.union([z.string().regex(/^\d+$/).transform(Number), z.int().nonnegative()]);

const name = z.string().regex(/^[\w-]+$/);
const printable = z.string().regex(/^[\x20-\x7e]*$/);
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/);
const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
const regions = z
  .string()
  .regex(/^\s*[a-z]+(\s*,\s*[a-z]+)*\s*$/)
  .transform((list) => list.split(',').map((region) => region.trim()));

/** Both forms say the same of caching: fly.io/docs/networking/dynamic-request-routing, "Replay Caching" */
const cache = z.strictObject({
  prefix: z
    .string()
    .regex(/^([\w.-]+)?\/\S*$/, 'needs a path, with or without a host before it')
    .optional(),
  ttl: z.int().min(10, 'is at least 10 seconds').optional(),
  invalidate: z.boolean().optional(),
});

const transform = z
  .strictObject({
    path: z.string().regex(/^\/[\x21-\x7e]*$/),
    delete_headers: z.array(headerName),
    set_headers: z.array(z.strictObject({ name: headerName, value: printable })),
  })
  .partial();

function formWith<Timeout extends z.ZodType<number>>(timeout: Timeout) {
  return z.strictObject({
    app: name.optional(),
    instance: name.optional(),
    prefer_instance: name.optional(),
    region: regions.optional(),
    state: printable.optional(),
    elsewhere: yesOrNo.optional(),
    timeout: timeout.optional(),
    fallback: z.enum(['force_self', 'prefer_self']).optional(),
    transform: transform.optional(),
    cache: cache.optional(),
    allow_bypass: z.boolean().optional(),
  });
}

/** By what a timeout without a unit is. */
export const replayForms = { refused: formWith(durationMs), milliseconds: formWith(z.union([durationMs, plainMs])) };

export type ReplayForm = z.infer<typeof replayForms.refused>;
