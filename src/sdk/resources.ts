/**
 * The shapes that people and programs see. They are the same in the SDK, over HTTP and in `--json`, field for field, so
 * there is one description of each and nothing to translate. Times are RFC 3339 strings in UTC.
 */
import { z } from 'zod';

const timestamp = z.iso.datetime();

/** `suspended` is what Fly reports of an active project's machine; the others are stored. */
export const projectStateSchema = z.enum([
  'creating',
  'active',
  'suspended',
  'archiving',
  'dormant',
  'waking',
  'lost',
  'deleted',
]);
export type ShownProjectState = z.infer<typeof projectStateSchema>;

export const archiveSchema = z
  .object({
    id: z.string(),
    project_id: z.string(),
    r2_key: z.string(),
    r2_checksum: z.string().nullable().meta({ description: 'SHA-256 of the object, in lower-case hexadecimal.' }),
    size_bytes: z.number().int().nullable(),
    created_at: timestamp,
    proven_at: timestamp.nullable(),
  })
  .meta({ id: 'Archive' });
export type Archive = z.infer<typeof archiveSchema>;

export const projectSchema = z
  .object({
    id: z.string(),
    state: projectStateSchema,
    epoch: z.number().int(),
    region: z.string(),
    url: z.string(),
    machine_id: z.string().nullable().meta({ description: "Fly's id of the project's machine." }),
    last_active_at: timestamp,
    hold_until: timestamp.nullable(),
    created_at: timestamp,
    archive: archiveSchema.nullable().meta({ description: 'The current archive: what a wake would restore.' }),
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof projectSchema>;

export const createProjectSchema = z.object({
  id: z.string().optional().meta({ description: 'A DNS label; made up when left out.' }),
  region: z
    .string()
    .regex(/^[a-z]{3}$/)
    .optional()
    .meta({ description: "One of Fly's regions; the default one of the installation when left out." }),
});
export type CreateProject = z.infer<typeof createProjectSchema>;

export const createdProjectSchema = projectSchema
  .extend({
    deploy_key: z.string().meta({ description: 'Shown this once.' }),
  })
  .meta({ id: 'CreatedProject' });
export type CreatedProject = z.infer<typeof createdProjectSchema>;

const pageSchema = z.object({
  cursor: z.string().max(100).optional().meta({ description: '`next_cursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: 'The most that a page holds.' }),
});

export const listProjectsSchema = pageSchema.extend({
  state: projectStateSchema.optional().meta({ description: 'Those in this state; all but the deleted when left out.' }),
  region: z.string().max(20).optional().meta({ description: 'Those of this region.' }),
});
export type ListProjects = z.input<typeof listProjectsSchema>;

export const projectPageSchema = z
  .object({ projects: z.array(projectSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'ProjectPage' });
export type ProjectPage = z.infer<typeof projectPageSchema>;

/** Longer than this nobody keeps an unused machine by mistake. */
const maxHoldSecs = 30 * 86_400;

// Of bodies alone, so nothing is turned into a number: null would be 0.
export const holdProjectSchema = z.object({
  for_secs: z.number().min(0).max(maxHoldSecs).meta({ description: 'From now on; 0 ends the hold.' }),
});
export type HoldProject = z.input<typeof holdProjectSchema>;

export const restoreProjectSchema = z.object({
  archive_id: z.string().optional().meta({ description: 'An earlier archive of it; the current one when left out.' }),
});
export type RestoreProject = z.input<typeof restoreProjectSchema>;

export const eventSchema = z
  .object({
    id: z.number().int(),
    at: timestamp,
    what: z.string(),
    project_id: z.string().nullable(),
    machine_id: z.string().nullable(),
    epoch: z.number().int().nullable(),
    actor: z.string(),
    why: z.string().nullable(),
  })
  .meta({ id: 'Event' });
export type ProjectEvent = z.infer<typeof eventSchema>;

export const listEventsSchema = pageSchema;
export type ListEvents = z.input<typeof listEventsSchema>;

export const eventPageSchema = z
  .object({
    events: z.array(eventSchema).meta({ description: 'The newest first.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'EventPage' });
export type EventPage = z.infer<typeof eventPageSchema>;

export const explanationSchema = z
  .object({
    project_id: z.string(),
    state: projectStateSchema,
    summary: z.string().meta({ description: 'The answer, as one sentence.' }),
    reasons: z.array(z.string()).meta({ description: 'What it rests on, the weightiest first.' }),
    next: z.string().meta({ description: 'What happens next by itself, or what somebody would have to do.' }),
    archived_at_earliest: timestamp.nullable().meta({ description: 'When a sweep may archive it, if nobody uses it.' }),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof explanationSchema>;

export const listArchivesSchema = pageSchema;
export type ListArchives = z.input<typeof listArchivesSchema>;

export const archivePageSchema = z
  .object({
    current: z.string().nullable().meta({ description: 'The id of the archive that a wake would restore.' }),
    archives: z.array(archiveSchema).meta({ description: 'Proven and still there, the newest first.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'ArchivePage' });
export type ArchivePage = z.infer<typeof archivePageSchema>;

export const archiveProofSchema = z
  .object({
    archive_id: z.string(),
    project_id: z.string(),
    proven: z.boolean(),
    size_bytes: z.number().int().nullable(),
    sha256: z.string().nullable(),
    tables: z.record(z.string(), z.number().int()).meta({ description: 'Rows of each table.' }),
    finding: z.string().nullable().meta({ description: 'What keeps it from being proven.' }),
  })
  .meta({ id: 'ArchiveProof' });
export type ArchiveProof = z.infer<typeof archiveProofSchema>;

const routeDecisionSchema = z.enum([
  'replay',
  'wake',
  'hold',
  'asleep',
  'observe',
  'wait',
  'not_found',
  'lost',
  'invalid',
  'not_a_project',
]);

export const routeSchema = z
  .object({
    project_id: z.string().nullable(),
    state: projectStateSchema.nullable(),
    machine_id: z.string().nullable(),
    decision: routeDecisionSchema,
    reason: z.string().meta({ description: 'Why, as one sentence.' }),
    fly_replay: z.string().nullable().meta({ description: 'The header that a request would get now.' }),
    if_observer: routeDecisionSchema.nullable().meta({ description: 'The decision for a request that only looks.' }),
    if_returned: routeDecisionSchema
      .nullable()
      .meta({ description: 'The decision for a request that came back from its machine.' }),
  })
  .meta({ id: 'Route' });
export type Route = z.infer<typeof routeSchema>;

export const machineStateSchema = z.enum(['provisioning', 'ready', 'assigned', 'retiring', 'retired']);
export type MachineState = z.infer<typeof machineStateSchema>;

export const machineSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    state: machineStateSchema,
    region: z.string(),
    project_id: z.string().nullable(),
    fly_id: z.string().nullable(),
    volume_id: z.string().nullable(),
    fly_state: z.string().nullable().meta({ description: 'What Fly last reported.' }),
    fly_state_at: timestamp.nullable(),
    last_error: z.string().nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'Machine' });
export type Machine = z.infer<typeof machineSchema>;

export const listMachinesSchema = pageSchema.extend({
  state: machineStateSchema.optional().meta({ description: 'Those in this state.' }),
  region: z.string().max(20).optional().meta({ description: 'Those in this region.' }),
});
export type ListMachines = z.input<typeof listMachinesSchema>;

export const machinePageSchema = z
  .object({ machines: z.array(machineSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'MachinePage' });
export type MachinePage = z.infer<typeof machinePageSchema>;

export const poolModeSchema = z.enum(['filling', 'paused', 'draining']);
export type PoolMode = z.infer<typeof poolModeSchema>;

export const poolRegionSchema = z.object({
  region: z.string(),
  target: z.number().int(),
  ready: z.number().int(),
  provisioning: z.number().int(),
  outdated: z.number().int().meta({ description: 'Ready, but of an older image or configuration: never claimed.' }),
  shortfall: z.number().int(),
});
export type PoolRegion = z.infer<typeof poolRegionSchema>;

export const poolBreakerSchema = z.object({
  region: z.string(),
  image: z.string(),
  failures: z.number().int().meta({ description: 'In a row.' }),
  opened_at: timestamp.nullable().meta({ description: 'Since when nothing is made there but one probe at a time.' }),
  retry_at: timestamp.nullable().meta({ description: 'When the next probe is due.' }),
  last_error: z.string().nullable(),
});
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
export type PoolStatus = z.infer<typeof poolStatusSchema>;

export const drainPoolSchema = z.object({
  limit: z.number().int().min(1).max(1000).default(50).meta({ description: 'More than this many: nothing is done.' }),
});
export type DrainPool = z.input<typeof drainPoolSchema>;

export const drainResultSchema = z
  .object({
    skipped: z.string().nullable(),
    retiring: z.array(z.string()).meta({ description: 'Ids of the members that are on their way back to Fly.' }),
  })
  .meta({ id: 'DrainResult' });
export type DrainResult = z.infer<typeof drainResultSchema>;

const failureSchema = z.object({ id: z.string(), code: z.string(), reason: z.string() });

export const replenishResultSchema = z
  .object({
    skipped: z.string().nullable().meta({ description: 'Why nothing was done, if it was not our turn.' }),
    ready: z.array(z.string()).meta({ description: 'Ids of the machines that became ready.' }),
    failed: z.array(failureSchema),
  })
  .meta({ id: 'ReplenishResult' });
export type ReplenishResult = z.infer<typeof replenishResultSchema>;

export const sweepOptionsSchema = z.object({
  older_than_secs: z.coerce.number().min(0).optional().meta({ description: 'Instead of DORMANCY_THRESHOLD_DAYS.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: 'The most that it archives.' }),
});
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
export type SweepResult = z.infer<typeof sweepResultSchema>;

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
export type Orphan = z.infer<typeof orphanSchema>;

export const orphanListSchema = z.object({ orphans: z.array(orphanSchema) }).meta({ id: 'OrphanList' });
export type OrphanList = z.infer<typeof orphanListSchema>;

export const orphanIdsSchema = z.object({ ids: z.array(z.string().min(1).max(64)).min(1).max(100) });
export type OrphanIds = z.input<typeof orphanIdsSchema>;

export const orphanResultSchema = z
  .object({ done: z.array(z.string()), failed: z.array(failureSchema) })
  .meta({ id: 'OrphanResult' });
export type OrphanResult = z.infer<typeof orphanResultSchema>;

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
export type ServerStatus = z.infer<typeof serverStatusSchema>;
