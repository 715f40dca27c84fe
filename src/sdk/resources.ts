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

export const archiveSchema = z.object({
  id: z.string(),
  project_id: z.string(),
  r2_key: z.string(),
  r2_checksum: z.string().nullable().meta({ description: 'SHA-256 of the object, in lower-case hexadecimal.' }),
  size_bytes: z.number().int().nullable(),
  created_at: timestamp,
  proven_at: timestamp.nullable(),
});
export type Archive = z.infer<typeof archiveSchema>;

export const projectSchema = z.object({
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
});
export type Project = z.infer<typeof projectSchema>;

export const createProjectSchema = z.object({
  id: z.string().optional().meta({ description: 'A DNS label; made up when left out.' }),
  region: z
    .string()
    .regex(/^[a-z]{3}$/)
    .optional(),
});
export type CreateProject = z.infer<typeof createProjectSchema>;

export const createdProjectSchema = projectSchema.extend({
  deploy_key: z.string().meta({ description: 'Shown this once.' }),
});
export type CreatedProject = z.infer<typeof createdProjectSchema>;

export const listProjectsSchema = z.object({
  state: projectStateSchema.optional(),
  region: z.string().optional(),
  cursor: z.string().optional().meta({ description: '`next_cursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type ListProjects = z.input<typeof listProjectsSchema>;

export const projectPageSchema = z.object({ projects: z.array(projectSchema), next_cursor: z.string().nullable() });
export type ProjectPage = z.infer<typeof projectPageSchema>;

export const routeSchema = z.object({
  project_id: z.string().nullable(),
  state: projectStateSchema.nullable(),
  machine_id: z.string().nullable(),
  decision: z.enum(['replay', 'wake', 'hold', 'not_found', 'lost', 'invalid', 'not_a_project']),
  reason: z.string().meta({ description: 'Why, as one sentence.' }),
  fly_replay: z.string().nullable().meta({ description: 'The header that a request would get now.' }),
});
export type Route = z.infer<typeof routeSchema>;

export const machineStateSchema = z.enum(['provisioning', 'ready', 'assigned', 'retiring', 'retired']);
export type MachineState = z.infer<typeof machineStateSchema>;

export const machineSchema = z.object({
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
});
export type Machine = z.infer<typeof machineSchema>;

export const listMachinesSchema = z.object({
  state: machineStateSchema.optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type ListMachines = z.input<typeof listMachinesSchema>;

export const machinePageSchema = z.object({ machines: z.array(machineSchema), next_cursor: z.string().nullable() });
export type MachinePage = z.infer<typeof machinePageSchema>;

export const poolStatusSchema = z.object({
  target: z.number().int(),
  ready: z.number().int(),
  provisioning: z.number().int(),
  shortfall: z.number().int(),
  members: z.array(machineSchema),
});
export type PoolStatus = z.infer<typeof poolStatusSchema>;

const failureSchema = z.object({ id: z.string(), code: z.string(), reason: z.string() });

export const replenishResultSchema = z.object({
  skipped: z.string().nullable().meta({ description: 'Why nothing was done, if it was not our turn.' }),
  ready: z.array(z.string()).meta({ description: 'Ids of the machines that became ready.' }),
  failed: z.array(failureSchema),
});
export type ReplenishResult = z.infer<typeof replenishResultSchema>;

export const sweepOptionsSchema = z.object({
  older_than_secs: z.coerce.number().min(0).optional().meta({ description: 'Instead of DORMANCY_THRESHOLD_DAYS.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type SweepOptions = z.input<typeof sweepOptionsSchema>;

const candidateSchema = z.object({ id: z.string(), last_active_at: timestamp, idle_secs: z.number() });

export const sweepPlanSchema = z.object({
  older_than_secs: z.number().nullable(),
  archive: z.array(candidateSchema),
  skip: z.array(candidateSchema.extend({ reason: z.string() })),
});
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

export const sweepResultSchema = z.object({
  skipped: z.string().nullable(),
  archived: z.array(z.string()),
  kept: z.array(failureSchema).meta({ description: 'Left alone, each with why: busy, held, awake again.' }),
  failed: z.array(failureSchema),
});
export type SweepResult = z.infer<typeof sweepResultSchema>;
