import { FlyError, isGone } from './errors.js';
import { stateKind } from './states.js';
import { FlyTransportError, type FlyTransportKind } from './transport-error.js';
import type { WaitableState } from './wire.js';

/** What a wait is for. */
export interface WaitAim {
  readonly wanted: readonly WaitableState[];
  /** The version that is to get there; any if absent. */
  readonly version?: string | undefined;
}

/** What becomes of a wait when one slice of it has failed. */
export type WaitDecision =
  | { readonly kind: 'reached'; readonly state: string }
  /** The next slice, after a pause; `look` first at the machine itself. */
  | { readonly kind: 'again'; readonly look: boolean }
  /** Fly cannot be asked for these states: it is looked at, the next slices ask for fewer, and looks do the rest. */
  | { readonly kind: 'narrow' }
  | { readonly kind: 'fail' };

export interface WaitQuestion extends WaitAim {
  readonly error: unknown;
  /** What the slice asked for; less than is wanted once it was narrowed. */
  readonly asked: readonly WaitableState[];
  readonly waitedMs: number;
}

/** States that every server knows; the others are of newer revisions of the specification. */
const oldStates: readonly WaitableState[] = ['started', 'stopped', 'suspended', 'destroyed'];
/** A machine that was just created may answer 404 for a moment. */
const newMachineGraceMs = 5_000;
/** Fly refuses more with 400, whatever other sources say. */
export const maxSliceSecs = 60;
/** The part of our own time that is kept for Fly's answer. */
const answerMarginMs = 1_000;
/** How late Fly's answer may be where there is time for it. */
const maxLateMs = 5_000;
const passingFaults: readonly FlyTransportKind[] = ['connect', 'broken', 'timeout', 'queued'];

/** How long Fly is asked to wait next, so that it can still say in our time that it waited in vain. */
export function nextSlice(
  leftMs: number,
  maxSecs: number,
): { readonly secs: number; readonly requestTimeoutMs: number } {
  const secs = Math.min(maxSecs, Math.max(1, Math.floor((leftMs - answerMarginMs) / 1_000)));
  return { secs, requestTimeoutMs: secs * 1_000 + maxLateMs };
}

/**
 * What an old server can be asked instead, which also wants a version with `stopped`; whether the end is reached is then
 * for us to see.
 */
export function narrowed({ wanted, version }: WaitAim): readonly WaitableState[] {
  const known = oldStates.filter((state) => wanted.includes(state) || wanted.includes('settled'));
  const askable = version === undefined ? known.filter((state) => state !== 'stopped') : known;
  return askable.length > 0 ? askable : ['destroyed'];
}

export function decideAfterSlice({ error, asked, waitedMs, ...aim }: WaitQuestion): WaitDecision {
  if (error instanceof FlyTransportError) {
    // A server that is late with its 408 has let the time pass all the same.
    return passingFaults.includes(error.kind) ? { kind: 'again', look: error.kind === 'timeout' } : { kind: 'fail' };
  }
  if (!(error instanceof FlyError)) return { kind: 'fail' };
  if (isGone(error)) return decideWhenGone(aim.wanted, waitedMs);
  if (error.status === 400) return { kind: sameStates(asked, narrowed(aim)) ? 'fail' : 'narrow' };
  if (error.status === 408) return { kind: 'again', look: true };
  return error.transient || error.status >= 500 ? { kind: 'again', look: false } : { kind: 'fail' };
}

function sameStates(some: readonly WaitableState[], others: readonly WaitableState[]): boolean {
  return some.length === others.length && some.every((state) => others.includes(state));
}

function decideWhenGone(wanted: readonly WaitableState[], waitedMs: number): WaitDecision {
  const reached = { kind: 'reached', state: 'destroyed' } as const;
  if (wanted.every((state) => state === 'destroyed')) return reached;
  if (waitedMs < newMachineGraceMs) return { kind: 'again', look: false };
  return wanted.includes('destroyed') ? reached : { kind: 'fail' };
}

/** What it means for a wait that the machine is in this state. */
export function decideOnState(state: string, wanted: readonly WaitableState[]): 'reached' | 'passing' | 'never' {
  const isSettled = wanted.includes('settled') && stateKind(state) !== 'passing';
  if (isSettled || wanted.some((each) => each === state)) return 'reached';
  return state === 'destroyed' ? 'never' : 'passing';
}

/** Versions are ULIDs, which sort by time. An older one than is waited for was seen too early. */
export function isReplaced(version: string, seenVersion: string): boolean {
  return seenVersion > version;
}
