import { z } from 'zod';

/** What several of the shapes have in common. */
export const timestamp = z.iso.datetime();

export const pageSchema = z.object({
  cursor: z.string().max(100).optional().meta({ description: '`next_cursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: 'The most that a page holds.' }),
});

/** One of many that did not go well. */
export const failureSchema = z.object({ id: z.string(), code: z.string(), reason: z.string() });
