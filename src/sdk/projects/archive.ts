import { randomBytes } from 'node:crypto';
import type { ArchiveClaim } from '../archives/findings.js';
import type { ArchiveStore } from '../archives/store.js';
import type { ArchiveAttempt, ArchivingTable } from '../database/archiving.js';
import type { MachineTable, WholeMachine } from '../database/machines.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import { asError, codeOf, ValetError } from '../errors.js';
import type { ArchiveAnswer } from '../machines/answers.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { whileOwned } from '../ownership.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import type { Telemetry } from '../telemetry.js';
import type { ArchiveCancellation } from './cancel-archive.js';
import { machineOf } from './machine-of.js';
import { isLeftAlone, MeasuredArchive } from './measured-archive.js';

export interface ArchiveParts {
  readonly projects: Pick<ProjectTable, 'find' | 'renew'>;
  readonly archiving: Pick<ArchivingTable, 'begin' | 'isKeyTaken' | 'commit'>;
  readonly machines: Pick<MachineTable, 'find'>;
  readonly starter: MachineStarter;
  readonly protocol: Pick<MachineProtocol, 'restores' | 'archive'>;
  readonly cancellation: ArchiveCancellation;
  readonly store: Pick<ArchiveStore, 'uploadUrl'>;
  readonly prove: (
    claim: ArchiveClaim,
    signal: AbortSignal,
  ) => Promise<{ readonly sha256: string; readonly size: number }>;
  readonly keyOf: (projectId: string, epoch: number, attempt: string) => string;
  readonly keepVolumeSecs: number;
  readonly telemetry: Telemetry;
  readonly owner: string;
}

/** Who wants it archived, and why: the history says so. */
export interface ArchiveCause {
  readonly actor: string;
  readonly why: string;
}

type Uploaded = Extract<ArchiveAnswer, { kind: 'archived' }>;

const uploadUrlSecs = 60 * 60;

/**
 * Archiving a project.
 *
 *  1. compare-and-set active → archiving on state, epoch and last_active_at; the attempt's archive row comes with it
 *  2. start the machine if it sleeps and ask it to archive to a key of this attempt alone; it may answer *busy*, and a
 *     basic server may name a key of its own
 *  3. prove the archive: read it back, compare, open it (G1)
 *  4. see that its server could restore it
 *  5. commit: dormant, archive current, machine retiring – refused if anybody wants the project meanwhile
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
   * @throws ValetError `state_changed`, `machine_busy`, `project_deleted`, or why the archive failed; the project is then active as before
   */
  async archive(seen: ProjectRow, cause: ArchiveCause, signal?: AbortSignal): Promise<void> {
    const attempt = await this.#begin(seen, cause);
    const measured = new MeasuredArchive(this.#parts.telemetry);
    try {
      await this.#carryOut(attempt, cause.actor, measured, signal);
      measured.ended('archived');
    } catch (error) {
      measured.ended(signal?.aborted || isLeftAlone(codeOf(error)) ? 'cancelled' : 'failed');
      throw error;
    }
  }

  /** Returns once it is committed; else the attempt is cancelled. */
  async #carryOut(
    attempt: ArchiveAttempt,
    actor: string,
    measured: MeasuredArchive,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { id } = attempt.project;
    const guard = guardOf(attempt.project, this.#parts.owner);
    try {
      await whileOwned(
        { subject: `Archiving project ${id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#steps(attempt, guard, actor, measured, owned),
      );
    } catch (error) {
      const now = await this.#parts.projects.find(id).catch(() => undefined);
      if (isCommitted(attempt, now)) return;
      if (now?.state === 'deleted') throw new ValetError('project_deleted', `Project ${id} was deleted meanwhile.`);
      await this.#parts.cancellation.begin(guard, asError(error), signal?.aborted === true, actor);
      throw error;
    }
  }

  async #begin(seen: ProjectRow, cause: ArchiveCause): Promise<ArchiveAttempt> {
    const attemptId = randomBytes(8).toString('hex');
    const attempt = await this.#parts.archiving.begin(seen, {
      archiveId: attemptId,
      keyOf: (epoch) => this.#parts.keyOf(seen.id, epoch, attemptId),
      owner: this.#parts.owner,
      ...cause,
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

  async #steps(
    attempt: ArchiveAttempt,
    guard: Guard,
    actor: string,
    measured: MeasuredArchive,
    signal: AbortSignal,
  ): Promise<void> {
    const { archiving, keepVolumeSecs } = this.#parts;
    const machine = await machineOf(attempt.project, this.#parts.machines);
    const uploaded = await this.#upload(machine, attempt, signal);
    await this.#demandOwnKey(attempt, uploaded.r2_key);
    const proof = await this.#parts.prove({ ...uploaded, projectId: guard.id, epoch: guard.epoch }, signal);
    measured.bytes = proof.size;
    await this.#demandRestorable(machine, attempt.project, signal);
    signal.throwIfAborted();
    const archive = {
      id: attempt.archiveId,
      r2Key: uploaded.r2_key,
      // A checksum of a format that we do not know is kept as it is and handed back to who made it.
      r2Checksum: uploaded.r2_checksum ?? proof.sha256,
      sizeBytes: proof.size,
      manifest: uploaded.manifest,
    };
    if (await archiving.commit(guard, attempt.project, archive, keepVolumeSecs, actor)) return;
    throw new ValetError('state_changed', `Project ${guard.id} was wanted again before its archive was committed.`);
  }

  /** Two archives at one key would be one; and a key of another project's would hand over its data at the next wake. */
  async #demandOwnKey(attempt: ArchiveAttempt, r2Key: string): Promise<void> {
    if (!(await this.#parts.archiving.isKeyTaken(r2Key, attempt.archiveId))) return;
    throw new ValetError('machine_refused', `The server of project ${attempt.project.id} named a key that is taken.`, {
      hint: 'A server that uploads by itself has to take a new key for each archive.',
      details: { r2_key: r2Key },
    });
  }

  /**
   * What cannot be brought back is not put away. A project that has an archive was asked before its first one. Asked only
   * after the proof: a sloppy server may act on the question, and has then nothing to lose that is not in R2.
   */
  async #demandRestorable(machine: WholeMachine, project: ProjectRow, signal: AbortSignal): Promise<void> {
    if (project.current_archive_id !== null) return;
    const { protocol, starter } = this.#parts;
    const ask = () => protocol.restores(targetOf(machine), project.epoch, { signal });
    if (await starter.speak(machine, ask, signal)) return;
    throw new ValetError('cannot_restore', `The server of project ${project.id} cannot restore an archive.`, {
      hint: 'It stays awake: its server would have to know POST /internal/restore-from-r2.',
    });
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
}

/** The answer to a COMMIT may be lost: before anything is undone, the row is asked. By now it may be awake again. */
function isCommitted(attempt: ArchiveAttempt, now: ProjectRow | undefined): boolean {
  return now?.current_archive_id === attempt.archiveId;
}

function guardOf(project: ProjectRow, owner: string): Guard {
  return { id: project.id, epoch: project.epoch, owner };
}
