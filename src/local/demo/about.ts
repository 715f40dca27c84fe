import { z } from 'zod';

/** What the project server says of itself. */
export const about = z.object({
  project_id: z.string(),
  machine_id: z.string(),
  boot_id: z.string(),
  requests_since_boot: z.number(),
  replay_src: z.string().nullable(),
});

export const demoKey = 'greeting';
export const demoText = 'The data of step 3';
