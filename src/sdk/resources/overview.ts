import { z } from 'zod';
import { poolStatusSchema } from './pool.js';
import { eventSchema, projectStateSchema } from './projects.js';
import { serverStatusSchema } from './server.js';
import { timestamp } from './timestamp.js';

export const projectCountsSchema = z.object({
  counted_at: timestamp.meta({ description: 'May lie a while back where there are very many: counting costs.' }),
  by_state: z.record(projectStateSchema, z.number().int()),
});
/** How many projects there are, by the state that people see. */
export type ProjectCounts = z.infer<typeof projectCountsSchema>;

export const overviewPoolSchema = poolStatusSchema.omit({ use: true, members: true });
/** The warm pool as far as it is seen at a glance. */
export type OverviewPool = z.infer<typeof overviewPoolSchema>;

export const wakeHowSchema = z.enum(['warm', 'cold', 'undo', 'rebuild']).meta({
  description:
    'warm: onto a machine from the pool; cold: one had to be made; undo, rebuild: onto the volume that it had before.',
});
/** How a project that was woken came by its machine. */
export type WakeHow = z.infer<typeof wakeHowSchema>;

export const wakeSchema = z.object({
  project_id: z.string(),
  begun_at: timestamp,
  how: wakeHowSchema.nullable().meta({ description: 'Null while it has no machine.' }),
  outcome: z.enum(['under_way', 'active', 'put_back', 'deleted']),
  took_secs: z.number().meta({ description: 'From its beginning to its end; so far, while it is under way.' }),
  why: z.string().nullable().meta({ description: 'Why it was put back.' }),
});
/** One time that a project was given a machine again, and how that ended. */
export type Wake = z.infer<typeof wakeSchema>;

export const heldLockSchema = z.object({
  name: z.string().meta({ description: 'Of the background task.' }),
  lock: z.number().int(),
  holder: z.string().nullable().meta({ description: 'The instance; null where its session does not say.' }),
});
/** A background task that some instance is at. */
export type HeldLock = z.infer<typeof heldLockSchema>;

export const overviewSchema = z
  .object({
    at: timestamp.meta({ description: "By the database's clock." }),
    environment: z.string(),
    projects: projectCountsSchema.nullable().meta({ description: 'Null where they could not be counted in time.' }),
    pool: overviewPoolSchema,
    wakes: z.array(wakeSchema).meta({ description: 'The newest first; at most 20.' }),
    events: z.array(eventSchema).meta({ description: 'Of all projects, the newest first; at most 50.' }),
    locks: z.array(heldLockSchema).meta({ description: 'Background tasks that some instance is at, right now.' }),
    quarantined: z
      .number()
      .int()
      .meta({ description: 'What waits for a verdict of an operator. While there is any, nothing is destroyed.' }),
    server: serverStatusSchema
      .nullable()
      .meta({ description: 'Of the instance that answers; null where no `valet serve` was asked.' }),
  })
  .meta({ id: 'Overview' });
/** All of it at a glance. */
export type Overview = z.infer<typeof overviewSchema>;
