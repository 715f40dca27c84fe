import { z } from 'zod';

export const installationSchema = z
  .object({
    environment: z.string().meta({ description: 'Its name, stamped on all that it creates at Fly.' }),
    fly_app: z.string().meta({ description: 'The Fly app that holds the machines of its projects.' }),
    version: z.string(),
  })
  .meta({ id: 'Installation' });
/** Which installation of Valet answers. */
export type Installation = z.infer<typeof installationSchema>;
