import { ValetError } from '../errors.js';
import type { ProjectState } from './states.js';

/**
 * The lifecycle, whole. A transition that is not a row here does not exist: the statements that change a project's
 * state name the row they carry out, and anything else is refused with both names.
 *
 * `to: null` means that the project's row is removed: its creation was rolled back and the id is free again.
 */
export const transitions = [
  { from: 'creating', event: 'activate', to: 'active' },
  { from: 'creating', event: 'roll_back', to: null },

  { from: 'active', event: 'begin_archive', to: 'archiving' },
  { from: 'active', event: 'begin_rebuild', to: 'waking' },
  { from: 'active', event: 'lose', to: 'lost' },

  { from: 'archiving', event: 'commit_archive', to: 'dormant' },
  { from: 'archiving', event: 'take_over', to: 'archiving' },
  { from: 'archiving', event: 'cancel_archive', to: 'active' },

  { from: 'dormant', event: 'begin_wake', to: 'waking' },
  { from: 'dormant', event: 'begin_undo', to: 'waking' },
  { from: 'lost', event: 'begin_wake', to: 'waking' },

  { from: 'waking', event: 'activate', to: 'active' },
  { from: 'waking', event: 'put_back_dormant', to: 'dormant' },
  { from: 'waking', event: 'put_back_active', to: 'active' },
  { from: 'waking', event: 'put_back_lost', to: 'lost' },

  { from: 'creating', event: 'delete', to: 'deleted' },
  { from: 'active', event: 'delete', to: 'deleted' },
  { from: 'archiving', event: 'delete', to: 'deleted' },
  { from: 'dormant', event: 'delete', to: 'deleted' },
  { from: 'waking', event: 'delete', to: 'deleted' },
  { from: 'lost', event: 'delete', to: 'deleted' },
] as const satisfies readonly Transition[];

export interface Transition {
  readonly from: ProjectState;
  readonly event: string;
  readonly to: ProjectState | null;
}

export type LifecycleEvent = (typeof transitions)[number]['event'];

/**
 * Where an event leads from a state.
 *
 * @throws ValetError `transition_refused`, naming both, when the table has no such row
 */
export function nextState(from: ProjectState, event: LifecycleEvent): ProjectState | null {
  const row = transitions.find((transition) => transition.from === from && transition.event === event);
  if (row) return row.to;
  throw new ValetError('transition_refused', `A project that is ${from} cannot ${event.replaceAll('_', ' ')}.`, {
    details: { from, event },
  });
}

/** The states in which an event may happen: what a guarded statement compares with. */
export function statesBefore(event: LifecycleEvent): ProjectState[] {
  return transitions.filter((transition) => transition.event === event).map((transition) => transition.from);
}
