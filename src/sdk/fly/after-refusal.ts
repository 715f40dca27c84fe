import { unclear } from './advice-table.js';
import { FlyError } from './errors.js';
import { stateKind } from './states.js';

export type Change = 'startMachine' | 'stopMachine' | 'suspendMachine';

/** States in which what was asked for is there, or on its way. */
const reached: Readonly<Record<Change, readonly string[]>> = {
  startMachine: ['started', 'starting'],
  stopMachine: ['stopped', 'stopping'],
  suspendMachine: ['suspended', 'suspending'],
};

/** Whether the machine's state says more about the refusal than its text. */
export function isWorthALook(error: unknown): error is FlyError {
  if (!(error instanceof FlyError) || !unclear.includes(error.status) || error.transient) return false;
  return !error.advice.startsWith('retry-elsewhere');
}

export type Finding =
  /** It was so already. */
  { readonly kind: 'done' } | { readonly kind: 'refused'; readonly error: FlyError };

/**
 * What a refused change comes to, once the machine was looked at. How Fly refuses to start what runs, and to suspend
 * what cannot be suspended (more than 2 GB, swap, a schedule, a GPU), is unconfirmed, so the state decides.
 */
export function findAfterRefusal(change: Change, error: FlyError, state: string): Finding {
  if (reached[change].includes(state)) return { kind: 'done' };
  if (stateKind(state) === 'passing') return { kind: 'refused', error: error.withAdvice('wait-for-state') };
  // It runs and the text names no state: then it is not the state that forbids it.
  const isIneligible = change === 'suspendMachine' && state === 'started' && !/state/i.test(error.text);
  return { kind: 'refused', error: isIneligible ? error.withAdvice('give-up') : error };
}
