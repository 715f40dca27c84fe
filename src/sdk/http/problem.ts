import { z } from 'zod';

/** Errors on the wire, on both sides of it: RFC 9457 problem details with our code and what goes with it. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URN that names the code.' }),
    title: z.string(),
    status: z.number().int(),
    code: z.string().meta({ description: 'Stable: what a program should look at.' }),
    detail: z.string().meta({ description: 'What happened, to what.' }),
    hint: z.string().optional().meta({ description: 'What to do next.' }),
    retry_after_secs: z.number().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

export const problemMediaType = 'application/problem+json';
