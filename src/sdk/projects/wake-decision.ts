import type { ProjectRow } from '../database/projects.js';

export type WakeDecision =
  | { readonly kind: 'awake' }
  | { readonly kind: 'begin' }
  /** Somebody is at work on it; the row will say when they are done. */
  | { readonly kind: 'wait' }
  /** It is being archived: leave word that it is wanted, then wait. */
  | { readonly kind: 'request' }
  | { readonly kind: 'back_off'; readonly retryAfterSecs: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'unknown' };

type Seen = Pick<ProjectRow, 'state' | 'wake_requested_at' | 'wake_retry_secs'>;

/** What somebody who wants a project awake does next. */
export function wakeDecision(project: Seen | undefined): WakeDecision {
  if (!project) return { kind: 'unknown' };
  switch (project.state) {
    case 'active':
      return { kind: 'awake' };
    case 'creating':
    case 'waking':
      return { kind: 'wait' };
    case 'archiving':
      return { kind: project.wake_requested_at ? 'wait' : 'request' };
    case 'dormant':
      if (project.wake_retry_secs !== null && project.wake_retry_secs > 0) {
        return { kind: 'back_off', retryAfterSecs: Math.ceil(project.wake_retry_secs) };
      }
      return { kind: 'begin' };
    case 'lost':
      return { kind: 'lost' };
    case 'deleted':
      return { kind: 'deleted' };
  }
}
