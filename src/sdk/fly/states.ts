/** Whether a machine stays in its state until something asks it to leave. */
export type StateKind = 'resting' | 'passing' | 'final';

/** Source: fly.io/docs/machines/machine-states. */
const resting: readonly string[] = ['created', 'started', 'stopped', 'suspended', 'failed'];
/** `replaced` and `migrated` are said of older versions. */
const final: readonly string[] = ['destroyed', 'replaced', 'migrated'];

/** A newer API may answer a state that we do not know: it passes. */
export function stateKind(state: string): StateKind {
  if (resting.includes(state)) return 'resting';
  return final.includes(state) ? 'final' : 'passing';
}
