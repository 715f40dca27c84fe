import type { MachineTable } from '../database/machines.js';
import type { ProjectRow, ProjectTable } from '../database/projects.js';
import type { RebuildingTable } from '../database/rebuilding.js';
import type { RetiringTable } from '../database/retiring.js';
import type { WakingTable } from '../database/waking.js';
import { asError } from '../errors.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { targetOf } from '../pool/starter.js';
import type { ArchiveCancellation } from '../projects/cancel-archive.js';
import { machineOf } from '../projects/machine-of.js';
import { recoveryOf } from './recover-decision.js';

export interface RecoverParts {
  readonly projects: Pick<ProjectTable, 'overdue' | 'takeOver' | 'rollBack' | 'toResume' | 'resumed'>;
  readonly waking: Pick<WakingTable, 'putBack'>;
  readonly rebuilding: Pick<RebuildingTable, 'putBackActive'>;
  readonly machines: Pick<MachineTable, 'find'>;
  readonly retiring: Pick<RetiringTable, 'giveUpAbandoned'>;
  readonly cancellation: Pick<ArchiveCancellation, 'finish'>;
  readonly protocol: Pick<MachineProtocol, 'resume'>;
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
const maxResumes = 10;
const resumeTimeoutMs = 5_000;
const abandoned = 'its owner did not renew the deadline';

/**
 * Ends passing states whose owner has fallen silent (G7): what was begun is undone, see `recover-decision.ts`. Each
 * begins with taking the row over, so of two instances only one acts, and the old owner's guard is gone whatever it does
 * when it comes back.
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
    const recovered = await eachOf(overdue, (project) =>
      this.#recover(project, AbortSignal.any([signal, AbortSignal.timeout(maxRowMs)])),
    );
    const quiet = await projects.toResume(maxResumes);
    const resumed = await eachOf(quiet, (project) => this.#resume(project, signal));
    return {
      projects: [...recovered.done, ...resumed.done],
      machines,
      failed: [...recovered.failed, ...resumed.failed],
    };
  }

  async #recover(seen: ProjectRow, signal: AbortSignal): Promise<string | undefined> {
    const { projects, waking, rebuilding, cancellation, owner } = this.#parts;
    const ours = await projects.takeOver(seen, owner);
    if (!ours) return undefined;
    const guard = { id: ours.id, epoch: ours.epoch, owner };
    switch (recoveryOf(ours)) {
      case 'roll_back':
        await projects.rollBack(guard, abandoned);
        break;
      case 'put_back':
        await waking.putBack(guard, abandoned, null);
        break;
      case 'put_back_active':
        await rebuilding.putBackActive(guard, abandoned, null);
        break;
      case 'cancel_archive':
        await cancellation.finish(ours, ours.wake_requested_at ? 'wanted' : 'abandoned', signal);
        break;
      case 'nothing':
        break;
    }
    return ours.id;
  }

  /** The epoch is larger than that with which it was put to sleep; if it has moved on since, the machine refuses. */
  async #resume(project: ProjectRow, signal: AbortSignal): Promise<string> {
    const { projects, machines, protocol, owner } = this.#parts;
    const machine = await machineOf(project, machines);
    await protocol.resume(targetOf(machine), project.epoch, { signal, timeoutMs: resumeTimeoutMs });
    await projects.resumed(project, owner);
    return project.id;
  }
}

/** All at once, none keeping another waiting. */
async function eachOf(
  rows: readonly ProjectRow[],
  work: (row: ProjectRow) => Promise<string | undefined>,
): Promise<{ readonly done: string[]; readonly failed: Recovered['failed'] }> {
  const outcomes = await Promise.allSettled(rows.map(work));
  const failed = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ id: rows[index]?.id ?? '', reason: asError(outcome.reason).message }] : [],
  );
  const done = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value !== undefined ? [outcome.value] : [],
  );
  return { done, failed };
}
