import type { ArchiveStore } from '../archives/store.js';
import type { PrunableArchive, PruningTable, Retention } from '../database/pruning.js';
import { asError } from '../errors.js';
import type { FuseCheck } from '../upkeep/fuse-check.js';

export interface PruneParts {
  readonly pruning: PruningTable;
  readonly store: Pick<ArchiveStore, 'delete'>;
  readonly fuse: FuseCheck;
  readonly retention: Retention;
  readonly actor: string;
}

export interface Pruned {
  readonly deleted: readonly string[];
  /** Tried again in the next pass. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  /** The pass has reached its bound: there may be more. */
  readonly full: boolean;
}

/** One pass deletes so many objects. */
const maxArchives = 100;

/**
 * Deletes archives that nothing needs any more.
 *
 *  1. the mark without return, in a statement that looks again whether nothing needs it
 *  2. delete the object
 *  3. write down that it is gone
 *
 * A crash after 1 or 2 leaves a marked row, with which the next pass begins. Each step may happen twice.
 */
export class Prune {
  readonly #parts: PruneParts;

  constructor(parts: PruneParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `fuse_blown`, before anything is marked or deleted */
  async pass(signal: AbortSignal): Promise<Pruned> {
    const { pruning, fuse, retention } = this.#parts;
    const unfinished = await pruning.unfinished(maxArchives);
    const needless = await pruning.needless(retention, maxArchives - unfinished.length);
    if (unfinished.length + needless.length > 0) await fuse.assertIntact(signal);
    const work = [
      ...unfinished.map((archive) => ({ archive, act: () => this.#delete(archive, signal) })),
      ...needless.map((archive) => ({ archive, act: () => this.#giveUp(archive, signal) })),
    ];
    const deleted: string[] = [];
    const failed: { id: string; reason: string }[] = [];
    for (const { archive, act } of work) {
      signal.throwIfAborted();
      try {
        if (await act()) deleted.push(archive.id);
      } catch (error) {
        signal.throwIfAborted();
        failed.push({ id: archive.id, reason: asError(error).message });
      }
    }
    return { deleted, failed, full: work.length === maxArchives };
  }

  /** False: it was needed after all, a moment ago. */
  async #giveUp(archive: PrunableArchive, signal: AbortSignal): Promise<boolean> {
    const { pruning, retention, actor } = this.#parts;
    return (await pruning.markDeleting(archive, retention, actor)) && this.#delete(archive, signal);
  }

  async #delete(archive: PrunableArchive, signal: AbortSignal): Promise<boolean> {
    const { pruning, store, actor } = this.#parts;
    await store.delete(archive.r2_key, { signal });
    await pruning.deleted(archive.id, actor);
    return true;
  }
}
