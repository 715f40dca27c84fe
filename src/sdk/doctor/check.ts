import { type CheckGroup, skipped, type Verdict } from './finding.js';
import type { Part } from './settings.js';

/** One thing to look at. Looking changes nothing, and ends when its signal aborts. */
export interface Check {
  readonly name: string;
  readonly group: CheckGroup;
  /** Checks before it in the table; it is skipped unless these went well, be it with a warning. */
  readonly needs: readonly string[];
  readonly timeoutMs: number;
  readonly run: (signal: AbortSignal) => Promise<Verdict>;
}

export interface CheckOf<T> {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly timeoutMs?: number;
  readonly run: (probe: T, signal: AbortSignal) => Verdict | Promise<Verdict>;
}

/** Most answer within a fraction of a second. */
const usualTimeoutMs = 10_000;

/** The checks of a group that ask one thing; where it cannot be asked, they say which setting that takes. */
export function checksWith<T>(group: CheckGroup, part: Part<T>, checks: readonly CheckOf<T>[]): Check[] {
  return checks.map(({ name, needs = [], timeoutMs = usualTimeoutMs, run }) => ({
    name,
    group,
    needs: part.usable ? needs : [],
    timeoutMs,
    run: async (signal) => (part.usable ? run(part.value, signal) : skipped(part.why, 'configuration')),
  }));
}

/** Usable when both are; the first that is not says why. */
export function both<A, B>(first: Part<A>, second: Part<B>): Part<A & B> {
  if (!first.usable) return first;
  return second.usable ? { usable: true, value: { ...first.value, ...second.value } } : second;
}
