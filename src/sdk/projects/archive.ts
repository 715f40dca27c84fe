import { randomBytes } from 'node:crypto';
import type { ArchiveClaim } from '../archives/findings.js';
import type { ArchiveStore } from '../archives/store.js';
import type { ArchiveAttempt, ArchivingTable } from '../database/archiving.js';
import type { MachineRow, MachineTable, WholeMachine } from '../database/machines.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import { asError, codeOf, ValetError } from '../errors.js';
import type { ArchiveAnswer } from '../machines/answers.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { whileOwned } from '../ownership.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import { type CancelCause, cancelOutcome, causeOf } from './cancel-decision.js';

export interface ArchiveParts {
  readonly projects: Pick<ProjectTable, 'find' | 'renew'>;
  readonly archiving: ArchivingTable;
  readonly machines: Pick<MachineTable, 'find'>;
  readonly starter: MachineStarter;
  readonly protocol: Pick<MachineProtocol, 'archive' | 'resume'>;
  readonly store: Pick<ArchiveStore, 'uploadUrl'>;
  readonly prove: (
    claim: ArchiveClaim,
    signal: AbortSignal,
  ) => Promise<{ readonly sha256: string; readonly size: number }>;
  readonly keyOf: (projectId: string, epoch: number, attempt: string) => string;
  readonly keepVolumeSecs: number;
  readonly owner: string;
}

type Uploaded = Extract<ArchiveAnswer, { kind: 'archived' }>;

const uploadUrlSecs = 60 * 60;

/**
 * Archiving a project.
 *
 *  1. compare-and-set active → archiving on state, epoch and last_active_at; the attempt's archive row comes with it
 *  2. start the machine if it sleeps, and ask it to archive to a key of this attempt alone; it may answer *busy*
 *  3. prove the archive: read it back, compare, open it (G1)
 *  4. commit: dormant, archive current, machine retiring – refused if anybody wants the project meanwhile
 *
 * Anything but success cancels: a new epoch, the machine resumes with it, active again. If that fails too, the
 * deadline passes and recovery cancels. Nothing here deletes anything.
 */
export class ArchiveJourney {
  readonly #parts: ArchiveParts;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
  }

  /**
   * Resolves once the project is dormant.
   *
   * @param seen the row on which the decision to archive was made; if it has changed since, nothing happens
   * @throws ValetError `state_changed`, `machine_busy`, or why the archive failed; the project is then active as before
   */
  async archive(seen: ProjectRow, actor: string, signal?: AbortSignal): Promise<void> {
    const attempt = await this.#begin(seen, actor);
    const guard = guardOf(attempt.project, this.#parts.owner);
    try {
      await whileOwned(
        { subject: `Archiving project ${seen.id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#steps(attempt, guard, owned),
      );
    } catch (error) {
      if (await this.#committedAfterAll(attempt)) return;
      await this.#cancelOwn(guard, asError(error), signal?.aborted ? 'abandoned' : causeOf(codeOf(error)));
      throw error;
    }
  }

  /** For a row whose archiving was taken over: cancels, never commits what another owner proved. */
  async cancel(project: ProjectRow, cause: CancelCause, signal?: AbortSignal): Promise<void> {
    const guard = guardOf(project, this.#parts.owner);
    await whileOwned(
      // A wake request is no reason to stop: this is what it waits for.
      { subject: `Resuming project ${project.id}`, renew: () => this.#stillOurs(guard), signal },
      async (owned) => {
        const machine = await this.#machineOf(project);
        await this.#resume(machine, project.epoch, owned);
        const failures = await this.#parts.archiving.failures(project.id);
        await this.#parts.archiving.finishCancel(guard, cancelOutcome(cause, failures));
      },
    );
  }

  async #begin(seen: ProjectRow, actor: string): Promise<ArchiveAttempt> {
    const attemptId = randomBytes(8).toString('hex');
    const attempt = await this.#parts.archiving.begin(seen, {
      archiveId: attemptId,
      keyOf: (epoch) => this.#parts.keyOf(seen.id, epoch, attemptId),
      owner: this.#parts.owner,
      actor,
    });
    if (attempt) return attempt;
    throw new ValetError(
      'state_changed',
      `Project ${seen.id} is in use, held, or has changed since it was looked at.`,
      {
        hint: 'Look at it again and decide anew.',
      },
    );
  }

  async #steps(attempt: ArchiveAttempt, guard: Guard, signal: AbortSignal): Promise<void> {
    const { archiving, keepVolumeSecs } = this.#parts;
    const machine = await this.#machineOf(attempt.project);
    const uploaded = await this.#upload(machine, attempt, signal);
    const proof = await this.#parts.prove({ ...uploaded, projectId: guard.id, epoch: guard.epoch }, signal);
    signal.throwIfAborted();
    const archive = {
      id: attempt.archiveId,
      r2Key: uploaded.r2_key,
      // A checksum of a format that we do not know is kept as it is and handed back to who made it.
      r2Checksum: uploaded.r2_checksum ?? proof.sha256,
      sizeBytes: proof.size,
      manifest: uploaded.manifest,
    };
    if (await archiving.commit(guard, attempt.project, archive, keepVolumeSecs)) return;
    throw new ValetError('state_changed', `Project ${guard.id} was wanted again before its archive was committed.`);
  }

  async #upload(machine: WholeMachine, attempt: ArchiveAttempt, signal: AbortSignal): Promise<Uploaded> {
    const { protocol, starter, store } = this.#parts;
    const answer = await starter.speak(
      machine,
      async () => {
        const upload_url = await store.uploadUrl(attempt.r2Key, { expiresInSecs: uploadUrlSecs });
        return protocol.archive(
          targetOf(machine),
          attempt.project.epoch,
          { r2_key: attempt.r2Key, upload_url },
          { signal },
        );
      },
      signal,
    );
    if (answer.kind === 'archived') return answer;
    throw new ValetError('machine_busy', `Project ${attempt.project.id} is busy: ${answer.reason}.`, {
      hint: 'It is left alone and looked at again later.',
    });
  }

  /** The answer to a COMMIT may be lost: before anything is undone, the row is asked. */
  async #committedAfterAll(attempt: ArchiveAttempt): Promise<boolean> {
    const now = await this.#parts.projects.find(attempt.project.id).catch(() => undefined);
    return now?.state === 'dormant' && now.current_archive_id === attempt.archiveId;
  }

  async #cancelOwn(guard: Guard, error: Error, cause: CancelCause): Promise<void> {
    const cancelled = await this.#parts.archiving.beginCancel(guard, error.message).catch(() => undefined);
    // No row: it is no longer ours. An error while resuming: recovery tries again once the deadline has passed.
    if (cancelled) await this.cancel(cancelled, cause).catch(() => undefined);
  }

  async #resume(machine: WholeMachine, epoch: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.starter.speak(
        machine,
        () => this.#parts.protocol.resume(targetOf(machine), epoch, { signal }),
        signal,
      );
    } catch (error) {
      // A machine that is gone cannot be resumed: the project is active without one, which observing will find.
      if (codeOf(error) !== 'no_machine') throw error;
    }
  }

  async #stillOurs(guard: Guard): Promise<'owned' | 'lost'> {
    return (await this.#parts.projects.renew(guard)) === 'lost' ? 'lost' : 'owned';
  }

  async #machineOf(project: ProjectRow): Promise<WholeMachine> {
    const row = project.machine_id === null ? undefined : await this.#parts.machines.find(project.machine_id);
    if (isWhole(row)) return row;
    throw new ValetError('no_machine', `Project ${project.id} has no machine.`);
  }
}

function guardOf(project: ProjectRow, owner: string): Guard {
  return { id: project.id, epoch: project.epoch, owner };
}

function isWhole(row: MachineRow | undefined): row is WholeMachine {
  return row?.fly_id != null;
}
