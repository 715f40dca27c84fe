import { z } from 'zod';
import { failureSchema } from './failure.js';
import { timestamp } from './timestamp.js';

export const orphanSchema = z
  .object({
    id: z.string().meta({ description: "Fly's id of the machine or volume." }),
    kind: z.enum(['machine', 'volume']),
    name: z.string(),
    region: z.string().nullable(),
    fly_state: z.string().nullable(),
    machine_id: z.string().nullable().meta({ description: 'Our row of it, where there is one.' }),
    project_id: z.string().nullable(),
    reason: z.enum(['no_row', 'other_project', 'larger_epoch', 'other_secret']),
    detail: z.string().nullable(),
    first_seen_at: timestamp,
    last_seen_at: timestamp,
    confirmed_at: timestamp.nullable().meta({ description: 'Since when it stops destructive work.' }),
    verdict: z.enum(['remove', 'keep']).nullable(),
  })
  .meta({ id: 'Orphan' });
/** Something that carries our stamp at Fly and is not accounted for. */
export type Orphan = z.infer<typeof orphanSchema>;

export const orphanListSchema = z.object({ orphans: z.array(orphanSchema) }).meta({ id: 'OrphanList' });
/** What is not accounted for. */
export type OrphanList = z.infer<typeof orphanListSchema>;

export const orphanIdsSchema = z.object({ ids: z.array(z.string().min(1).max(64)).min(1).max(100) });
/** Which orphans, by their ids at Fly. */
export type OrphanIds = z.input<typeof orphanIdsSchema>;

export const orphanResultSchema = z
  .object({ done: z.array(z.string()), failed: z.array(failureSchema) })
  .meta({ id: 'OrphanResult' });
/** What became of a verdict, orphan by orphan. */
export type OrphanResult = z.infer<typeof orphanResultSchema>;
