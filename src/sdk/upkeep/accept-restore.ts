import type { Installation, InstallationTable } from '../database/installation.js';
import type { QuarantineTable } from '../database/quarantine.js';
import type { HighWaterMark } from './high-water-mark.js';

export interface RestoreAcceptanceParts {
  readonly installation: Pick<InstallationTable, 'read' | 'acceptRestore'>;
  readonly quarantine: Pick<QuarantineTable, 'open'>;
  readonly highWater: Pick<HighWaterMark, 'marks' | 'write'>;
  readonly actor: string;
}

export interface RestorePlan {
  readonly environment: string;
  readonly fly_app: string;
  /** The last epoch that this database has given out. */
  readonly epoch: number;
  /** The largest that was reached under its name; null before the first mark. */
  readonly mark: number | null;
  /** Whether the mark is beyond this database's own: then the fuse has blown. */
  readonly behind: boolean;
  /** Where its epochs would go on. */
  readonly next_epoch: number;
  /** What else stops destructive work: confirmed in quarantine, without a verdict. */
  readonly quarantined: number;
}

/**
 * Marks are made before destructive passes and every quarter of an hour; the lost timeline may have gone on after its
 * last one. More than a thousand decisions a second in that time are out of reach.
 */
const marginEpochs = 1_000_000;

/** An operator's word that a restored database is the one to go on with (G13). */
export class RestoreAcceptance {
  readonly #parts: RestoreAcceptanceParts;

  constructor(parts: RestoreAcceptanceParts) {
    this.#parts = parts;
  }

  /** Looks only. @throws ValetError `store_failed`, `database_unavailable` */
  async plan(signal?: AbortSignal): Promise<RestorePlan> {
    const bound = await this.#parts.installation.read();
    return this.#planOf(bound, await this.#parts.highWater.marks(bound, signal));
  }

  /**
   * Moves the epochs past all that the lost timeline may have used, so that machines which have seen its epochs obey
   * again, and marks that. A repeat moves them once more, which harms nothing.
   */
  async accept(signal?: AbortSignal): Promise<RestorePlan> {
    const { installation, highWater, actor } = this.#parts;
    const bound = await installation.read();
    const marks = await highWater.marks(bound, signal);
    const plan = await this.#planOf(bound, marks);
    const epoch = await installation.acceptRestore(plan.next_epoch, actor);
    await highWater.write(bound, epoch, marks, signal);
    return { ...plan, behind: false, epoch, mark: epoch, next_epoch: epoch };
  }

  async #planOf(bound: Installation, marks: readonly number[]): Promise<RestorePlan> {
    const mark = marks.length > 0 ? Math.max(...marks) : null;
    const { count } = await this.#parts.quarantine.open();
    return {
      environment: bound.environment,
      fly_app: bound.flyApp,
      epoch: bound.epoch,
      mark,
      behind: (mark ?? 0) > bound.markedEpoch,
      next_epoch: Math.max(bound.epoch, mark ?? 0) + marginEpochs,
      quarantined: count,
    };
  }
}
