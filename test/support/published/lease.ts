import { z } from 'zod';
import { ulid, whole } from './values.js';

export const leaseRequest = z.strictObject({
  ttl: z.exactOptional(whole),
  description: z.exactOptional(z.string()),
});

/** `expires_at` is in seconds since the epoch. */
export const leaseData = z.strictObject({
  nonce: z.string().min(1),
  expires_at: whole,
  owner: z.string(),
  description: z.exactOptional(z.string()),
  version: z.exactOptional(ulid),
});

/** Seen with its envelope; the published document shows the inner object alone. */
export const leaseAnswer = z.union([z.strictObject({ status: z.literal('success'), data: leaseData }), leaseData]);

/** What is shown to whoever does not hold it. */
export const leaseReleased = z.strictObject({
  status: z.literal('success'),
  data: z.exactOptional(z.strictObject({ ok: z.literal(true) })),
});
