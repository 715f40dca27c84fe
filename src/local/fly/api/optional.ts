import { z } from 'zod';

/** A field that may be left out. Clients written in Go send null for it, which their server takes for absent. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A text that may be left out: the same clients send an empty one. */
export function optionalText<Rule extends z.ZodType>(rule: Rule) {
  return optional(z.union([z.literal('').transform(() => undefined), rule]));
}
