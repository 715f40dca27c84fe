import type { Actor } from '../actor.js';
import type { ArchiveTable, KnownArchive } from '../database/archives.js';
import type { ProjectRow, ProjectTable } from '../database/projects.js';
import type { RestoringTable } from '../database/restoring.js';
import type { WakingTable } from '../database/waking.js';
import { codeOf, ValetError } from '../errors.js';
import type { Waker } from '../routing/ports.js';
import type { ProjectId } from './project-id.js';
import type { WakeJourney } from './wake.js';

export interface RestoreParts {
  readonly projects: Pick<ProjectTable, 'find'>;
  readonly archives: Pick<ArchiveTable, 'find' | 'restorable'>;
  readonly restoring: Pick<RestoringTable, 'chooseArchive'>;
  readonly waking: Pick<WakingTable, 'beginWake'>;
  readonly journey: Pick<WakeJourney, 'run'>;
  readonly waker: Waker;
  readonly owner: string;
  readonly actor: Actor;
}

/** Whoever else has begun to wake it meanwhile is waited for no longer than a transition can last. */
const maxWakeMs = 15 * 60_000;

/**
 * Restoring a project from an archive that an operator has chosen.
 *
 *  1. make it the current one, with a new epoch; the project must be dormant or lost, the archive its own, proven and there
 *  2. wake the project from it, back-off or not
 *
 * A wake that fails leaves the project as it came, dormant or lost, with the chosen archive as its current one. A crash
 * after 1 does too: a dormant project wakes from it with the next request, a lost one when it is restored again.
 */
export class RestoreJourney {
  readonly #parts: RestoreParts;

  constructor(parts: RestoreParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `project_not_found`, `project_deleted`, `project_lost`, `not_found`, `transition_refused`, `state_changed`, `wake_failed` */
  async restore(id: ProjectId, archiveId: string | undefined, signal: AbortSignal): Promise<void> {
    const { projects, restoring, waking, actor, owner } = this.#parts;
    const project = demandAtRest(id, await projects.find(id));
    const archive = await this.#archiveOf(project, archiveId);
    const chosen = await restoring.chooseArchive(project, archive.id, actor());
    if (!chosen) throw changed(id);
    const begun = await waking.beginWake(chosen, owner, actor());
    try {
      if (begun) await this.#parts.journey.run(begun, signal);
    } catch (error) {
      // Taken over by another instance: its outcome is waited for below.
      if (codeOf(error) !== 'state_changed') throw unrestored(project, archive, error);
    }
    await this.#parts.waker.awake(id, { signal, timeoutMs: maxWakeMs });
  }

  async #archiveOf(project: ProjectRow, wanted: string | undefined): Promise<KnownArchive> {
    const { archives } = this.#parts;
    const [newest] = await archives.restorable(project.id, { beforeEpoch: null, limit: 1 });
    if (wanted === undefined && newest === undefined) {
      throw new ValetError(
        project.state === 'lost' ? 'project_lost' : 'not_found',
        `Project "${project.id}" has no archive that it could be restored from.`,
        { hint: 'Its data is gone. It can be deleted.' },
      );
    }
    const id = wanted ?? project.current_archive_id ?? newest?.id ?? '';
    const archive = await archives.find(id);
    if (archive?.project_id !== project.id) {
      throw new ValetError('not_found', `Project "${project.id}" has no archive "${id}".`, {
        hint: newest ? `Its newest is ${newest.id}.` : 'It has none.',
      });
    }
    if (archive.proven_at !== null && archive.deleting_at === null) return archive;
    const why = archive.deleting_at === null ? 'was never proven' : 'is deleted, or about to be';
    throw new ValetError('transition_refused', `Archive ${id} of project "${project.id}" ${why}.`, {
      hint: newest ? `Restore another one; its newest is ${newest.id}.` : 'There is no other.',
    });
  }
}

function demandAtRest(id: string, project: ProjectRow | undefined): ProjectRow {
  if (!project) throw new ValetError('project_not_found', `There is no project "${id}".`);
  switch (project.state) {
    case 'deleted':
      throw new ValetError('project_deleted', `Project "${id}" was deleted.`);
    case 'dormant':
    case 'lost':
      return project;
    case 'active':
      throw new ValetError('transition_refused', `Project "${id}" is in use: a restore would replace its data.`, {
        hint: 'Archive it first; then nothing is lost, whichever archive it is restored from.',
      });
    case 'creating':
    case 'archiving':
    case 'waking':
      throw new ValetError('state_changed', `Project "${id}" is ${project.state} at this moment.`, {
        hint: 'Look at it again when that has ended.',
      });
  }
}

function changed(id: string): ValetError {
  return new ValetError('state_changed', `Project "${id}" or its archives changed while it was being restored.`, {
    hint: 'Look at it again and decide anew.',
  });
}

function unrestored(project: ProjectRow, archive: KnownArchive, cause: unknown): unknown {
  if (!(cause instanceof ValetError)) return cause;
  const { code, details, retryAfterSecs, message } = cause;
  return new ValetError(code, `Project "${project.id}" was not restored from archive ${archive.id}: ${message}`, {
    hint: `It is ${project.state} as before, and archive ${archive.id} is now its current one. Verify it, or restore another.`,
    ...(details && { details }),
    ...(retryAfterSecs !== undefined && { retryAfterSecs }),
    cause,
  });
}
