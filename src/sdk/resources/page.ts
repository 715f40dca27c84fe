import { z } from 'zod';

/** How every list is asked for. */
export const pageSchema = z.object({
  cursor: z.string().max(100).optional().meta({ description: '`next_cursor` of the page before.' }),
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(500)
    .default(50)
    .meta({ description: 'The most that a page holds.' }),
});
