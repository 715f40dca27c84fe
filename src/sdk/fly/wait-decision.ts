import { FlyError, FlyTransportError, type FlyTransportKind, isGone } from './errors.js';
import { stateKind } from './states.js';
import type { WaitableState } from './wire.js';

/** What becomes of a wait when one slice of it has failed. */
export type WaitDecision =
  | { readonly kind: 'reached'; readonly state: string }
  /** The next slice, after a pause; `look` first at the machine itself. */
  | { readonly kind: 'again'; readonly look: boolean }
  /** Fly does not know one of these states: the next slices ask for fewer, and looks do the rest. */
  | { readonly kind: 'narrow' }
  | { readonly kind: 'fail' };

export interface WaitQuestion {
  readonly error: unknown;
  readonly wanted: readonly WaitableState[];
  /** What the slice asked for; less than is wanted once it was narrowed. */
  readonly asked: readonly WaitableState[];
  readonly waitedMs: number;
}

/** States that every server knows; the others are of newer revisions of the specification. */
const oldStates: readonly WaitableState[] = ['started', 'stopped', 'suspended', 'destroyed'];
/** A machine that was just created may answer 404 for a moment. */
const newMachineGraceMs = 5_000;
const passingFaults: readonly FlyTransportKind[] = ['connect', 'broken', 'timeout'];

/** What such a server can be asked instead; whether the end is reached is for us to see. */
export function narrowed(states: readonly WaitableState[]): readonly WaitableState[] {
  if (states.includes('settled')) return oldStates;
  const known = states.filter((state) => oldStates.includes(state));
  return known.length > 0 ? known : ['destroyed'];
}

function isNarrow(states: readonly WaitableState[]): boolean {
  return states.every((state) => oldStates.includes(state));
}

export function decideAfterSlice({ error, wanted, asked, waitedMs }: WaitQuestion): WaitDecision {
  if (error instanceof FlyTransportError) {
    return passingFaults.includes(error.kind) ? { kind: 'again', look: false } : { kind: 'fail' };
  }
  if (!(error instanceof FlyError)) return { kind: 'fail' };
  if (isGone(error)) return decideWhenGone(wanted, waitedMs);
  if (error.status === 400 && !isNarrow(asked)) return { kind: 'narrow' };
  if (error.status === 408) return { kind: 'again', look: true };
  return error.transient || error.status >= 500 ? { kind: 'again', look: false } : { kind: 'fail' };
}

function decideWhenGone(wanted: readonly WaitableState[], waitedMs: number): WaitDecision {
  const reached = { kind: 'reached', state: 'destroyed' } as const;
  if (wanted.every((state) => state === 'destroyed')) return reached;
  if (waitedMs < newMachineGraceMs) return { kind: 'again', look: false };
  return wanted.includes('destroyed') ? reached : { kind: 'fail' };
}

/** Whether a machine that was looked at is where the wait was to end. */
export function isReached(state: string, wanted: readonly WaitableState[]): boolean {
  if (wanted.some((each) => each === state)) return true;
  return wanted.includes('settled') && stateKind(state) !== 'passing';
}
