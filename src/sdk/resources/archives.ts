import { z } from 'zod';
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
