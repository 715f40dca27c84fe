import { z } from 'zod';
import { failureSchema } from './failure.js';
import { pageSchema } from './page.js';
import { timestamp } from './timestamp.js';

export const archiveSchema = z
  .object({
    id: z.string(),
    project_id: z.string(),
    r2_key: z.string(),
    r2_checksum: z.string().nullable().meta({ description: 'SHA-256 of the object, in lower-case hexadecimal.' }),
    size_bytes: z.number().int().nullable(),
    created_at: timestamp,
    proven_at: timestamp.nullable(),
  })
  .meta({ id: 'Archive' });
/** A project's database as an object in R2. */
export type Archive = z.infer<typeof archiveSchema>;

export const listArchivesSchema = pageSchema;
/** Which page of the archives. */
export type ListArchives = z.input<typeof listArchivesSchema>;

export const archivePageSchema = z
  .object({
    current: z.string().nullable().meta({ description: 'The id of the archive that a wake would restore.' }),
    archives: z.array(archiveSchema).meta({ description: 'Proven and still there, the newest first.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'ArchivePage' });
/** A page of archives. */
export type ArchivePage = z.infer<typeof archivePageSchema>;

export const archiveProofSchema = z
  .object({
    archive_id: z.string(),
    project_id: z.string(),
    proven: z.boolean(),
    size_bytes: z.number().int().nullable(),
    sha256: z.string().nullable(),
    tables: z.record(z.string(), z.number().int()).meta({ description: 'Rows of each table.' }),
    finding: z.string().nullable().meta({ description: 'What keeps it from being proven.' }),
  })
  .meta({ id: 'ArchiveProof' });
/** What was found when an archive was read back and proven again. */
export type ArchiveProof = z.infer<typeof archiveProofSchema>;

export const verifyArchivesSchema = z.object({
  project: z
    .string()
    .optional()
    .meta({ description: 'All archives of this one; the current archive of each if left out.' }),
  limit: z.number().int().min(1).max(10_000).default(1000).meta({ description: 'At most so many archives.' }),
  cursor: z.string().max(100).optional().meta({ description: '`next_cursor` of the result before.' }),
  concurrency: z.number().int().min(1).max(8).default(2).meta({ description: 'So many at a time.' }),
});
/** Which archives are proven again: all of one project, or the current one of every project. */
export type VerifyArchives = z.input<typeof verifyArchivesSchema>;

export const verifyResultSchema = z.object({
  proofs: z.array(archiveProofSchema),
  failed: z
    .array(failureSchema.extend({ project_id: z.string() }))
    .meta({ description: 'Those of which it is not known, since they could not be read.' }),
  next_cursor: z.string().nullable().meta({ description: 'Where the limit has left off.' }),
});
/** What was found of each archive that was read, and what kept others from being read. */
export type VerifyResult = z.infer<typeof verifyResultSchema>;
