import { z } from 'zod';
import type { TableRows } from './database-contents.js';
import { r2KeySchema } from './kept-state.js';
import { Problem } from './problem.js';
import type { TurnBounds } from './restore.js';
import type { Traffic } from './traffic.js';
import { measureFile, tooLarge, upload } from './transfer.js';
import type { Volume } from './volume.js';

export const archiveOrderSchema = z.object({ r2_key: r2KeySchema, upload_url: z.url({ protocol: /^https?$/ }) });
export type ArchiveOrder = z.infer<typeof archiveOrderSchema>;

/** What an archive says of itself; whoever reads it back can prove each line. */
export interface Manifest {
  readonly format: 1;
  readonly project_id: string;
  readonly epoch: number;
  readonly created_at: string;
  readonly size: number;
  readonly sha256: string;
  readonly tables: TableRows;
}

export interface ArchiveResult {
  readonly r2_key: string;
  readonly r2_checksum: string;
  readonly size: number;
  readonly manifest: Manifest;
}

/**
 * Stops serving, for good until a resume with a larger epoch. In one turn of the event loop with the look at the
 * traffic, so that no request slips in between.
 * @throws Problem 409 `busy` with the reason, when somebody is being served
 */
export function quiesce(volume: Volume, traffic: Traffic, epoch: number): void {
  const reason = volume.state.quiesced === null ? traffic.busyReason : null;
  if (reason !== null) {
    throw new Problem(409, 'busy', `The project is in use: ${reason}.`, { retryAfterSecs: 60, members: { reason } });
  }
  volume.keep({ ...volume.state, quiesced: { epoch } });
  traffic.closeWebSockets('The project is going to sleep.');
}

/** Uploads a copy of the quiesced database. The machine stays quiesced whatever comes of it. */
export async function archiveTo(volume: Volume, order: ArchiveOrder, bounds: TurnBounds): Promise<ArchiveResult> {
  try {
    const tables = copy(volume, bounds.epoch);
    const { size, sha256 } = await measureFile(volume.copyPath, bounds.signal);
    // What could not be restored is not put away.
    if (size > bounds.limits.maxArchiveBytes) throw tooLarge(bounds.limits.maxArchiveBytes);
    await upload(volume.copyPath, order.upload_url, bounds.limits, bounds.signal);
    const manifest = manifestOf(volume, bounds.epoch, { size, sha256, tables });
    return { r2_key: order.r2_key, r2_checksum: sha256, size, manifest };
  } finally {
    volume.discard(volume.copyPath);
  }
}

function copy(volume: Volume, epoch: number): TableRows {
  if (volume.database === undefined) throw new Problem(409, 'not_configured', 'There is no database to archive.');
  volume.discard(volume.copyPath);
  try {
    return volume.database.copyTo(volume.copyPath, epoch);
  } catch (error) {
    throw new Problem(500, 'copy_failed', 'The database could not be copied. Is the volume full?', { cause: error });
  }
}

function manifestOf(volume: Volume, epoch: number, facts: Pick<Manifest, 'size' | 'sha256' | 'tables'>): Manifest {
  const project_id = volume.state.project_id ?? '';
  return { format: 1, project_id, epoch, created_at: new Date().toISOString(), ...facts };
}
