import type { ProjectRow } from '../database/projects.js';

export type RecoveryStep =
  | 'roll_back'
  /** To sleep, or to being lost, as before. */
  | 'put_back'
  /** On its old machine's row as before. */
  | 'put_back_active'
  | 'cancel_archive'
  | 'nothing';

/** How a passing state ends whose owner has fallen silent: undone, never finished with what another has proven. */
export function recoveryOf(project: Pick<ProjectRow, 'state' | 'transition_from'>): RecoveryStep {
  switch (project.state) {
    case 'creating':
      return 'roll_back';
    case 'waking':
      return project.transition_from === 'active' ? 'put_back_active' : 'put_back';
    case 'archiving':
      return 'cancel_archive';
    case 'active':
    case 'dormant':
    case 'lost':
    case 'deleted':
      return 'nothing';
  }
}
