import { z } from 'zod';
import { machineStates } from '../lifecycle/states.js';
import { pageSchema } from './page.js';
import { timestamp } from './timestamp.js';

export const machineStateSchema = z.enum(machineStates);
/** Where a machine is in its life, from before it exists until after it is gone. */
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
/** A machine that Valet has or has had. */
export type Machine = z.infer<typeof machineSchema>;

export const listMachinesSchema = pageSchema.extend({
  state: machineStateSchema.optional().meta({ description: 'Those in this state.' }),
  region: z.string().max(20).optional().meta({ description: 'Those in this region.' }),
});
/** Which machines, and which page of them. */
export type ListMachines = z.input<typeof listMachinesSchema>;

export const machinePageSchema = z
  .object({ machines: z.array(machineSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'MachinePage' });
/** A page of machines. */
export type MachinePage = z.infer<typeof machinePageSchema>;
