import { z } from 'zod';
import { projectStateSchema } from './projects.js';

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
/** Where a request would go, and why. */
export type Route = z.infer<typeof routeSchema>;
