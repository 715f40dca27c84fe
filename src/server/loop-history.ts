import type { RunOutcome } from '../sdk/resources.js';

/** What running a task under its lock came to. */
type Tried = { readonly held: true } | { readonly held: false; readonly result: string | null };

export function outcomeOf(tried: Tried): RunOutcome {
  if (tried.held) return 'skipped';
  return tried.result === null ? 'idle' : 'done';
}

export interface LastRun {
  readonly outcome: RunOutcome;
  /** Monotonic milliseconds. */
  readonly endedAtMs: number;
  readonly tookMs: number;
}

/** What became of a loop's runs, as plain numbers. */
export class LoopHistory {
  readonly runs: Record<RunOutcome, number> = { done: 0, idle: 0, skipped: 0, failed: 0, aborted: 0 };
  /** Of all runs that got the lock. */
  tookMs = 0;
  last: LastRun | undefined;
  /** When a run last ended well. */
  lastGoodAtMs: number | undefined;
  readonly sinceMs: number;

  constructor(nowMs: number) {
    this.sinceMs = nowMs;
  }

  /** A pass that was left to another instance is counted, and is not the last run. */
  ended(outcome: RunOutcome, beganAtMs: number, nowMs: number): void {
    this.runs[outcome] += 1;
    if (outcome === 'skipped') return;
    const tookMs = nowMs - beganAtMs;
    this.tookMs += tookMs;
    this.last = { outcome, endedAtMs: nowMs, tookMs };
    if (outcome === 'done' || outcome === 'idle') this.lastGoodAtMs = nowMs;
  }
}
