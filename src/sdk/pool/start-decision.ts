export type StartDecision =
  /** It runs: speak to it. */
  | 'speak'
  /** It is coming up by itself. */
  | 'wait'
  /** Ask Fly to start it. */
  | 'start'
  /** It is on its way into a resting state and refuses to be started until it is there. */
  | 'settle'
  /** It will never run again. */
  | 'gone';

/**
 * What a machine needs before it can be spoken to, from the state that Fly reports. A state that we do not know is
 * treated as passing (fly.io/docs/machines/machine-states; a start from `stopping` or `replacing` answers 412).
 */
export function startDecision(flyState: string): StartDecision {
  switch (flyState) {
    case 'started':
      return 'speak';
    case 'starting':
    case 'restarting':
    case 'updating':
    case 'creating':
      return 'wait';
    case 'created':
    case 'stopped':
    case 'suspended':
    case 'failed':
      return 'start';
    case 'destroying':
    case 'destroyed':
    case 'launch_failed':
    case 'migrated':
    case 'replaced':
      return 'gone';
    default:
      return 'settle';
  }
}
