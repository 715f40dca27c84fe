import { z } from 'zod';
import { failureSchema } from './failure.js';
import { timestamp } from './timestamp.js';

export const sweepOptionsSchema = z.object({
  older_than_secs: z.coerce
    .number<number>()
    .min(0)
    .optional()
    .meta({ description: 'Instead of DORMANCY_THRESHOLD_DAYS.' }),
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: 'The most that it archives.' }),
  concurrency: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(16)
    .optional()
    .meta({ description: 'So many are archived at a time; 4 if left out. Each keeps a machine and a download busy.' }),
});
/** Which projects are idle for long enough, and how many are archived at most. */
export type SweepOptions = z.input<typeof sweepOptionsSchema>;

const candidateSchema = z.object({ id: z.string(), last_active_at: timestamp, idle_secs: z.number() });

export const sweepPlanSchema = z
  .object({
    older_than_secs: z.number().nullable(),
    archive: z.array(candidateSchema),
    skip: z.array(candidateSchema.extend({ reason: z.string() })),
    left_over: z.number().int().meta({ description: 'Idle projects beyond the limit, for a later sweep.' }),
  })
  .meta({ id: 'SweepPlan' });
/** What a sweep would do now. */
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

export const sweepResultSchema = z
  .object({
    skipped: z.string().nullable(),
    archived: z.array(z.string()),
    kept: z.array(failureSchema).meta({ description: 'Left alone, each with why: busy, held, awake again.' }),
    failed: z.array(failureSchema),
    left_over: z.number().int().meta({ description: 'Idle projects beyond the limit, for a later sweep.' }),
  })
  .meta({ id: 'SweepResult' });
/** What became of a sweep. */
export type SweepResult = z.infer<typeof sweepResultSchema>;
