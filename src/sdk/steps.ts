/**
 * What long operations tell while they are at work: the same in the SDK and, a line each, over HTTP. The last step of an
 * operation that succeeds is `done`, with what the call without steps would have answered.
 */
import { z } from 'zod';
import {
  drainResultSchema,
  orphanResultSchema,
  replenishResultSchema,
  sweepResultSchema,
  verifyResultSchema,
} from './resources.js';

const planned = z.object({
  kind: z.literal('planned'),
  total: z.number().int().meta({ description: 'So many are to be done, as far as is known: it may grow.' }),
});

/** Of one thing that was tried. */
const outcome = {
  id: z.string(),
  took_secs: z.number(),
  code: z.string().nullable().meta({ description: 'The code of what kept it from being done.' }),
  reason: z.string().nullable().meta({ description: 'The same as a sentence.' }),
};

function doneWith<Schema extends z.ZodType>(result: Schema) {
  return z.object({ kind: z.literal('done'), result });
}

export const sweepStepSchema = z.discriminatedUnion('kind', [
  planned,
  z.object({ kind: z.literal('project'), outcome: z.enum(['archived', 'kept', 'failed']), ...outcome }),
  doneWith(sweepResultSchema),
]);
/** What a sweep tells: how many, each project with what became of it, and last the result. */
export type SweepStep = z.infer<typeof sweepStepSchema>;

export const replenishStepSchema = z.discriminatedUnion('kind', [
  planned,
  z.object({ kind: z.literal('machine'), outcome: z.enum(['ready', 'failed']), ...outcome }),
  doneWith(replenishResultSchema),
]);
/** What filling the pool tells: how many, each machine with what became of it, and last the result. */
export type ReplenishStep = z.infer<typeof replenishStepSchema>;

export const drainStepSchema = z.discriminatedUnion('kind', [
  planned,
  z.object({
    kind: z.literal('machine'),
    outcome: z.literal('retiring').meta({ description: 'On its way back to Fly.' }),
    id: z.string(),
  }),
  doneWith(drainResultSchema),
]);
/** What a drain tells: how many, each member, and last the result. */
export type DrainStep = z.infer<typeof drainStepSchema>;

export const orphanStepSchema = z.discriminatedUnion('kind', [
  planned,
  z.object({ kind: z.literal('orphan'), outcome: z.enum(['done', 'failed']), ...outcome }),
  doneWith(orphanResultSchema),
]);
/** What a removal tells: how many, each orphan with what became of it, and last the result. */
export type OrphanStep = z.infer<typeof orphanStepSchema>;

export const verifyStepSchema = z.discriminatedUnion('kind', [
  planned,
  z.object({
    kind: z.literal('archive'),
    outcome: z.enum(['proven', 'unproven', 'failed']).meta({ description: 'Failed: it could not be read.' }),
    project_id: z.string(),
    ...outcome,
  }),
  doneWith(verifyResultSchema),
]);
/** What proving many archives tells: each archive with what was found, and last the result. */
export type VerifyStep = z.infer<typeof verifyStepSchema>;
