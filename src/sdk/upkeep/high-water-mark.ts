import type { ArchiveStore } from '../archives/store.js';
import type { Installation, InstallationTable } from '../database/installation.js';
import { ValetError } from '../errors.js';
import { epochOfMark, markKey, markPrefix } from './mark-keys.js';

export interface HighWaterParts {
  readonly store: Pick<ArchiveStore, 'list' | 'put' | 'delete'>;
  readonly installation: Pick<InstallationTable, 'read' | 'raiseMark'>;
}

/** Marks are removed as larger ones come; so many at once mean that R2 refuses to delete. */
const maxMarks = 5_000;
const maxRemovals = 20;

/**
 * The largest epoch that a database has reached, kept outside it, in R2. A database restored from a backup has lost the
 * epochs since; it does not know the mark that was made meanwhile, and that shows (G13).
 *
 * Each mark is an object of its own and the largest counts, so nobody can lower it. The database writes down what it is
 * about to mark before it does: a mark beyond that is the mark of another timeline, be it lost or that of a copy.
 */
export class HighWaterMark {
  readonly #parts: HighWaterParts;

  constructor(parts: HighWaterParts) {
    this.#parts = parts;
  }

  /**
   * Compares, and moves the mark to where the sequence is by now.
   *
   * @throws ValetError `fuse_blown` when the mark is beyond what this database has marked; `store_failed`
   */
  async assertReached(bound: Pick<Installation, 'environment' | 'databaseId'>, signal?: AbortSignal): Promise<void> {
    const marks = await this.marks(bound, signal);
    // Read after the list: whatever this database has marked until then is written down in it.
    const now = await this.#parts.installation.read();
    const largest = Math.max(0, ...marks);
    if (largest > now.markedEpoch) throw behind(now, largest);
    const epoch = now.epoch > now.markedEpoch ? await this.#parts.installation.raiseMark() : now.markedEpoch;
    await this.write(now, epoch, marks, signal);
  }

  /** Every mark that there is; usually one. */
  async marks(
    { environment, databaseId }: Pick<Installation, 'environment' | 'databaseId'>,
    signal?: AbortSignal,
  ): Promise<number[]> {
    const keys = await this.#parts.store.list(markPrefix(environment, databaseId), { maxKeys: maxMarks, signal });
    return keys.map(epochOfMark).filter((epoch) => epoch !== null);
  }

  /** Marks what is written down in the database already; smaller marks go only once it is there. */
  async write(
    { environment, databaseId }: Pick<Installation, 'environment' | 'databaseId'>,
    epoch: number,
    marks: readonly number[],
    signal?: AbortSignal,
  ): Promise<void> {
    const { store } = this.#parts;
    const keyOf = (each: number) => markKey(environment, databaseId, each);
    if (!marks.includes(epoch)) await store.put(keyOf(epoch), `${epoch}\n`, { signal });
    const smaller = marks.filter((mark) => mark < epoch).slice(0, maxRemovals);
    await Promise.all(smaller.map((mark) => store.delete(keyOf(mark), { signal })));
  }
}

function behind({ epoch, markedEpoch }: Installation, mark: number): ValetError {
  return new ValetError(
    'fuse_blown',
    `Nothing is destroyed: epoch ${mark} was reached under this database's name, but this database has marked only ` +
      `${markedEpoch} (its sequence is at ${epoch}). It was restored from a backup, or a copy of it is at work.`,
    {
      hint: 'See "A restored database" in docs/operations.md; then run "valet db accept-restore".',
      details: { mark, marked_epoch: markedEpoch, epoch },
    },
  );
}
