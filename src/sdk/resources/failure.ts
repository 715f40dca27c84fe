import { z } from 'zod';

/** One of many that did not go well. */
export const failureSchema = z.object({ id: z.string(), code: z.string(), reason: z.string() });
