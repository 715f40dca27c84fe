import { z } from 'zod';
import { failureSchema } from './failure.js';
import { machineSchema } from './machines.js';
import { timestamp } from './timestamp.js';

export const poolModeSchema = z.enum(['filling', 'paused', 'draining']);
/** Whether the pool is filled. */
export type PoolMode = z.infer<typeof poolModeSchema>;

export const poolRegionSchema = z.object({
  region: z.string(),
  target: z.number().int(),
  ready: z.number().int(),
  provisioning: z.number().int(),
  outdated: z.number().int().meta({ description: 'Ready, but of an older image or configuration: never claimed.' }),
  shortfall: z.number().int(),
});
/** The pool in one region, against its target. */
export type PoolRegion = z.infer<typeof poolRegionSchema>;

export const poolBreakerSchema = z.object({
  region: z.string(),
  image: z.string(),
  failures: z.number().int().meta({ description: 'In a row.' }),
  opened_at: timestamp.nullable().meta({ description: 'Since when nothing is made there but one probe at a time.' }),
  retry_at: timestamp.nullable().meta({ description: 'When the next probe is due.' }),
  last_error: z.string().nullable(),
});
/** An image that fails in a region: while it is open, one machine at a time is tried there. */
export type PoolBreaker = z.infer<typeof poolBreakerSchema>;

const quantilesSchema = z.object({ count: z.number().int(), p50_secs: z.number(), p95_secs: z.number() }).nullable();

export const poolUseSchema = z.object({
  over_secs: z.number().int(),
  claimed: z.number().int().meta({ description: 'Projects that got a machine from the pool.' }),
  made: z.number().int().meta({ description: 'Projects that had to wait for a machine to be made.' }),
  hit_rate: z.number().nullable(),
  claiming: quantilesSchema.meta({ description: 'From claim to active.' }),
  provisioning: quantilesSchema.meta({ description: 'From row to ready member.' }),
});
/** How often the pool had a machine, and how long it took. */
export type PoolUse = z.infer<typeof poolUseSchema>;

export const poolStatusSchema = z
  .object({
    mode: poolModeSchema,
    target: z.number().int(),
    ready: z.number().int(),
    provisioning: z.number().int(),
    shortfall: z.number().int(),
    regions: z.array(poolRegionSchema),
    breakers: z.array(poolBreakerSchema),
    use: poolUseSchema,
    members: z.array(machineSchema),
  })
  .meta({ id: 'PoolStatus' });
/** The warm pool: its members, its targets, and its use. */
export type PoolStatus = z.infer<typeof poolStatusSchema>;

export const drainPoolSchema = z.object({
  limit: z.number().int().min(1).max(1000).default(50).meta({ description: 'More than this many: nothing is done.' }),
});
/** How much of the pool may be given up. */
export type DrainPool = z.input<typeof drainPoolSchema>;

export const drainResultSchema = z
  .object({
    skipped: z.string().nullable(),
    retiring: z.array(z.string()).meta({ description: 'Ids of the members that are on their way back to Fly.' }),
  })
  .meta({ id: 'DrainResult' });
/** What became of a drain. */
export type DrainResult = z.infer<typeof drainResultSchema>;

export const replenishResultSchema = z
  .object({
    skipped: z.string().nullable().meta({ description: 'Why nothing was done, if it was not our turn.' }),
    ready: z.array(z.string()).meta({ description: 'Ids of the machines that became ready.' }),
    failed: z.array(failureSchema),
  })
  .meta({ id: 'ReplenishResult' });
/** What became of filling the pool. */
export type ReplenishResult = z.infer<typeof replenishResultSchema>;
