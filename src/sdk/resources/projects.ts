import { z } from 'zod';
import { shownProjectStates } from '../lifecycle/states.js';
import { archiveSchema } from './archives.js';
import { pageSchema } from './page.js';
import { timestamp } from './timestamp.js';

/** `suspended` is what Fly reports of an active project's machine; the others are stored. */
export const projectStateSchema = z.enum(shownProjectStates);
/** A state as people see it: `suspended` is an active project whose machine sleeps. */
export type ShownProjectState = z.infer<typeof projectStateSchema>;

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
/** A project as people see it. */
export type Project = z.infer<typeof projectSchema>;

export const createProjectSchema = z.object({
  id: z.string().optional().meta({ description: 'A DNS label; made up when left out.' }),
  region: z
    .string()
    .regex(/^[a-z]{3}$/)
    .optional()
    .meta({ description: "One of Fly's regions; the default one of the installation when left out." }),
});
/** Which project; all of it may be left out. */
export type CreateProject = z.infer<typeof createProjectSchema>;

export const createdProjectSchema = projectSchema
  .extend({
    deploy_key: z.string().meta({ description: 'Shown this once.' }),
  })
  .meta({ id: 'CreatedProject' });
/** A new project, with the key that is shown this once. */
export type CreatedProject = z.infer<typeof createdProjectSchema>;

export const listProjectsSchema = pageSchema.extend({
  state: projectStateSchema.optional().meta({ description: 'Those in this state; all but the deleted when left out.' }),
  region: z.string().max(20).optional().meta({ description: 'Those of this region.' }),
  prefix: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .optional()
    .meta({ description: 'Those whose id begins like this.' }),
});
/** Which projects, and which page of them. */
export type ListProjects = z.input<typeof listProjectsSchema>;

export const projectPageSchema = z
  .object({ projects: z.array(projectSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'ProjectPage' });
/** A page of projects. */
export type ProjectPage = z.infer<typeof projectPageSchema>;

/** Longer than this nobody keeps an unused machine by mistake. */
const maxHoldSecs = 30 * 86_400;

// Of bodies alone, so nothing is turned into a number: null would be 0.
export const holdProjectSchema = z.object({
  for_secs: z.number().min(0).max(maxHoldSecs).meta({ description: 'From now on; 0 ends the hold.' }),
});
/** How long a project is to be left alone. */
export type HoldProject = z.input<typeof holdProjectSchema>;

export const restoreProjectSchema = z.object({
  archive_id: z.string().optional().meta({ description: 'An earlier archive of it; the current one when left out.' }),
});
/** From which archive. */
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
/** Something that happened to a project: what, by whom, and why. */
export type ProjectEvent = z.infer<typeof eventSchema>;

export const listEventsSchema = pageSchema;
/** Which page of the history. */
export type ListEvents = z.input<typeof listEventsSchema>;

export const eventPageSchema = z
  .object({
    events: z.array(eventSchema).meta({ description: 'The newest first.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'EventPage' });
/** A page of a project's history. */
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
/** Why a project is in its state, and what comes next. */
export type Explanation = z.infer<typeof explanationSchema>;
