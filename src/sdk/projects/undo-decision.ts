import type { ProjectRow } from '../database/projects.js';
import type { Tombstone } from '../database/undoing.js';
import { ValetError } from '../errors.js';

export type UndoDecision =
  | { readonly kind: 'begin'; readonly tombstone: Tombstone & { readonly volume_id: string } }
  /** Somebody is at work on it: what becomes of that decides. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'awake' }
  | { readonly kind: 'refuse'; readonly error: ValetError };

type Seen = Pick<ProjectRow, 'id' | 'state' | 'current_archive_id'>;

/** What somebody who wants an archive undone does next. */
export function undoDecision(project: Seen, tombstone: Tombstone | undefined): UndoDecision {
  switch (project.state) {
    case 'dormant':
      return hasVolume(tombstone) ? { kind: 'begin', tombstone } : { kind: 'refuse', error: tooLate(project) };
    case 'waking':
      return { kind: 'wait' };
    case 'active':
      return { kind: 'awake' };
    case 'creating':
    case 'archiving':
    case 'lost':
    case 'deleted':
      return { kind: 'refuse', error: nothingToUndo(project, hints[project.state]) };
  }
}

function hasVolume(tombstone: Tombstone | undefined): tombstone is Tombstone & { readonly volume_id: string } {
  return tombstone?.keeps_volume === true && tombstone.volume_id !== null;
}

const hints = {
  creating: 'It has never been archived.',
  active: 'It is awake; if its data is not what you expect, look at its archives.',
  archiving: 'Wake it instead: that cancels the archive while it is under way.',
  lost: 'Its volume is gone. Restore it from an archive.',
  deleted: 'What was deleted is not brought back.',
} as const;

/** Whoever asks for it when it is awake already has come too late, or for the second time. */
export function nothingToUndo({ id, state }: Seen, hint: string = hints.active): ValetError {
  return new ValetError('transition_refused', `Project ${id} is ${state}: there is no archive to undo.`, {
    hint,
    details: { from: state, event: 'begin_undo' },
  });
}

function tooLate({ id, current_archive_id }: Seen): ValetError {
  return new ValetError(
    'transition_refused',
    `The volume that the archive of project ${id} left behind is no longer kept.`,
    {
      hint: `Its data is in archive ${current_archive_id}: wake the project, which restores that.`,
      details: { from: 'dormant', event: 'begin_undo' },
    },
  );
}
