import { manifestSchema } from '../../../src/sdk/archives/manifest.js';
import { proveArchive } from '../../../src/sdk/archives/prove.js';
import { asError } from '../../../src/sdk/errors.js';
import type { Place } from './seen.js';

interface SleepingArchive {
  readonly project_id: string;
  readonly r2_key: string;
  readonly r2_checksum: string | null;
  readonly size_bytes: number | null;
  readonly epoch: number;
  readonly manifest: unknown;
  readonly proven: boolean;
}

/** G1: reads back what the sleeping projects would be woken from. */
export async function archivesUnproven(platform: Place): Promise<string[]> {
  const archives = await platform.database.db.query<SleepingArchive>(
    `select p.id as project_id, a.r2_key, a.r2_checksum, a.size_bytes, a.epoch, a.manifest, a.proven_at is not null as proven
       from projects p left join archives a on a.id = p.current_archive_id
      where p.state = 'dormant'`,
  );
  const findings = await Promise.all(archives.map((archive) => provenAgain(platform, archive)));
  return findings.flat();
}

async function provenAgain(platform: Place, archive: SleepingArchive): Promise<string[]> {
  const subject = `G1: the archive of sleeping project ${archive.project_id}`;
  if (!archive.proven) return [`${subject} was never proven`];
  try {
    await proveArchive(platform.store, {
      r2_key: archive.r2_key,
      r2_checksum: archive.r2_checksum,
      size: archive.size_bytes,
      manifest: manifestSchema.nullable().parse(archive.manifest),
      projectId: archive.project_id,
      epoch: archive.epoch,
    });
    return [];
  } catch (error) {
    return [`${subject} does not prove: ${asError(error).message}`];
  }
}
