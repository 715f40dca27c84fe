import type { ProjectRow, ProjectTable } from '../database/projects.js';
import type { RetiringTable } from '../database/retiring.js';
import type { WakingTable } from '../database/waking.js';
import { asError } from '../errors.js';
import type { ArchiveCancellation } from '../projects/cancel-archive.js';

export interface RecoverParts {
  readonly projects: Pick<ProjectTable, 'overdue' | 'takeOver' | 'rollBack'>;
  readonly waking: Pick<WakingTable, 'putBack'>;
  readonly retiring: Pick<RetiringTable, 'giveUpAbandoned'>;
  readonly cancellation: Pick<ArchiveCancellation, 'finish'>;
  readonly environment: string;
  readonly owner: string;
}

export interface Recovered {
  readonly projects: readonly string[];
  readonly machines: readonly string[];
  /** Tried again in the next pass. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

const maxRows = 20;
/** So that one machine that does not answer keeps no other project waiting; it is tried again in the next pass. */
const maxRowMs = 20_000;
const abandoned = 'its owner did not renew the deadline';

/**
 * Ends passing states whose owner has fallen silent (G7): a creation is rolled back, a wake put back to sleep, an
 * archive cancelled. Each begins with taking the row over, so of two instances only one acts, and the old owner's
 * guard is gone whatever it does when it comes back.
 */
export class Recovery {
  readonly #parts: RecoverParts;

  constructor(parts: RecoverParts) {
    this.#parts = parts;
  }

  async pass(signal: AbortSignal): Promise<Recovered> {
    const { projects, retiring, environment, owner } = this.#parts;
    const machines = await retiring.giveUpAbandoned(environment, owner, maxRows);
    const overdue = await projects.overdue(maxRows);
    const outcomes = await Promise.allSettled(
      overdue.map((project) => this.#recover(project, AbortSignal.any([signal, AbortSignal.timeout(maxRowMs)]))),
    );
    const failed = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ id: overdue[index]?.id ?? '', reason: asError(outcome.reason).message }] : [],
    );
    const done = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
    );
    return { projects: done, machines, failed };
  }

  async #recover(seen: ProjectRow, signal: AbortSignal): Promise<string | undefined> {
    const { projects, waking, cancellation, owner } = this.#parts;
    const ours = await projects.takeOver(seen, owner);
    if (!ours) return undefined;
    const guard = { id: ours.id, epoch: ours.epoch, owner };
    if (ours.state === 'creating') await projects.rollBack(guard, abandoned);
    if (ours.state === 'waking') await waking.putBack(guard, abandoned, null);
    if (ours.state === 'archiving')
      await cancellation.finish(ours, ours.wake_requested_at ? 'wanted' : 'abandoned', signal);
    return ours.id;
  }
}
