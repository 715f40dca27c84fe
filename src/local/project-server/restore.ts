import { z } from 'zod';
import { inspectArchive } from './database-contents.js';
import { type RestoreResult, r2KeySchema, sha256Schema } from './kept-state.js';
import type { Limits } from './limits.js';
import { Problem } from './problem.js';
import { download } from './transfer.js';
import type { Volume } from './volume.js';

export const restoreOrderSchema = z.object({
  r2_key: r2KeySchema,
  r2_checksum: sha256Schema,
  download_url: z.url({ protocol: /^https?$/ }),
});
export type RestoreOrder = z.infer<typeof restoreOrderSchema>;

/** How one turn of a call is bounded. */
export interface TurnBounds {
  readonly epoch: number;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/**
 * Downloads beside the database, checks that it is the very archive and this project's, and only then swaps. Whatever
 * fails before the swap leaves the old database as it was.
 */
export async function restoreFrom(volume: Volume, order: RestoreOrder, bounds: TurnBounds): Promise<RestoreResult> {
  const { r2_key, r2_checksum } = order;
  try {
    const { size, sha256 } = await download(order.download_url, volume.downloadPath, bounds.limits, bounds.signal);
    if (sha256 !== r2_checksum) {
      throw new Problem(422, 'checksum_mismatch', `The object at ${r2_key} is not the archive that was asked for.`, {
        members: { expected: r2_checksum, actual: sha256 },
      });
    }
    const tables = inspectArchive(volume.downloadPath, volume.state.project_id ?? '');
    bounds.signal.throwIfAborted();
    const result = { r2_key, r2_checksum, size, tables: { ...tables } };
    volume.swapInDownload(bounds.epoch, result);
    return result;
  } finally {
    volume.discard(volume.downloadPath);
  }
}
