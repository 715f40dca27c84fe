import { z } from 'zod';

/** Newer revisions know the last two. */
const reason = z.enum(['unknown', 'insufficient_capacity', 'name_taken', 'volume_placement_capacity']);

/** Every refusal. `message` is what the vendor's client reads where `error` is missing. */
export const errorBody = z.union([
  z.strictObject({
    error: z.string().min(1),
    status: z.exactOptional(reason),
    details: z.exactOptional(z.unknown()),
    message: z.exactOptional(z.string()),
  }),
  z.strictObject({ message: z.string().min(1), status: z.exactOptional(reason) }),
]);
