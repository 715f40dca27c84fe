import { z } from 'zod';

/** An epoch: a number that grows with every decision about the project. */
export const epochSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const projectIdSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'is not a DNS label of lower-case letters, digits and inner hyphens',
  );

export const r2KeySchema = z.string().min(1).max(1024);

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hexadecimal');

const restoreResultSchema = z.strictObject({
  r2_key: r2KeySchema,
  r2_checksum: sha256Schema,
  size: z.number().int(),
  tables: z.record(z.string(), z.number().int()),
});
export type RestoreResult = z.infer<typeof restoreResultSchema>;

export const keptStateSchema = z.strictObject({
  format: z.literal(1),
  project_id: projectIdSchema.nullable(),
  /** SHA-256 of the deploy key: enough to recognise it, useless to whoever reads the volume. */
  deploy_key_sha256: sha256Schema.nullable(),
  /** The largest epoch that was acted on. */
  epoch: epochSchema,
  /** Set while nothing is served; ends by a resume with an epoch larger than this one. */
  quiesced: z.strictObject({ epoch: epochSchema }).nullable(),
  /** The last restore. Written before the new database takes the old one's place, `swapped` after. */
  restored: z.strictObject({ epoch: epochSchema, result: restoreResultSchema, swapped: z.boolean() }).nullable(),
});

/** What the machine must not forget, whatever happens to its process. */
export type KeptState = z.infer<typeof keptStateSchema>;

export const blankState: KeptState = {
  format: 1,
  project_id: null,
  deploy_key_sha256: null,
  epoch: 0,
  quiesced: null,
  restored: null,
};
