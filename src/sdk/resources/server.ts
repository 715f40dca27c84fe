import { z } from 'zod';

export const runOutcomeSchema = z.enum(['done', 'idle', 'skipped', 'failed', 'aborted']).meta({
  description: 'skipped: another instance holds the lock; aborted: out of time, without its lock, or stopping.',
});
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

export const loopStatusSchema = z.object({
  name: z.string(),
  stuck: z.boolean().meta({ description: 'A run neither ended nor heeded its abort.' }),
  running_secs: z.number().nullable().meta({ description: 'Since the run under way began.' }),
  next_in_secs: z
    .number()
    .nullable()
    .meta({ description: 'Until the next run, if there is no reason for an earlier.' }),
  last_run: z
    .object({ outcome: runOutcomeSchema, ended_secs_ago: z.number(), took_secs: z.number() })
    .nullable()
    .meta({ description: 'By this instance; skipped ones are only counted.' }),
  last_success_secs_ago: z.number().nullable(),
  runs: z.record(runOutcomeSchema, z.number().int()).meta({ description: 'Since the start, by outcome.' }),
});
export type LoopStatus = z.infer<typeof loopStatusSchema>;

export const serverStatusSchema = z.object({
  instance: z.string(),
  version: z.string(),
  uptime_secs: z.number(),
  stopping: z.boolean(),
  listening: z.boolean().meta({ description: 'News of changes arrives by LISTEN.' }),
  degraded: z.boolean().meta({ description: 'Routes are served from memory, since the database is away.' }),
  in_flight: z.number().int(),
  held: z.number().int().meta({ description: 'Requests that wait for their project.' }),
  locks: z.array(z.string()).meta({ description: 'Names of the locks that this instance holds now.' }),
  loops: z.array(loopStatusSchema),
});
/** What one `valet serve` says of itself. */
export type ServerStatus = z.infer<typeof serverStatusSchema>;
