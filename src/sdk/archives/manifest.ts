import { z } from 'zod';

/** What a machine says its archive holds. Only a proof (`proveArchive`) makes it more than a claim. */
export const manifestSchema = z.object({
  format: z.literal(1),
  project_id: z.string(),
  epoch: z.number().int(),
  created_at: z.iso.datetime(),
  /** Bytes of the object. */
  size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rows of each table. */
  tables: z.record(z.string(), z.number().int().nonnegative()),
});
/** What a machine says its archive holds. */
export type Manifest = z.infer<typeof manifestSchema>;
