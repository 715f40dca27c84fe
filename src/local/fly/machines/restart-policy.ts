import type { Clock } from '../../clock.js';
import type { MachineConfig } from './config/schema.js';

/** Fly's default. For `always` it is a bound of ours, so that a broken program ends in rest here too. */
const defaultMaxRetries = 10;
const windowMs = 5 * 60_000;

/** A run that ended by itself; `failed` also for one that never began. */
export type RunEnd = 'succeeded' | 'failed';

/**
 * What follows when a program ended on its own. The spot price never rises here, so `spot-price` is `on-failure`.
 * Source: fly.io/docs/machines/guides-examples/machine-restart-policy.
 */
export function afterExit(restart: MachineConfig['restart'], end: RunEnd, restartsLately: number): 'restart' | 'rest' {
  const policy = restart?.policy ?? 'on-failure';
  if (policy === 'no' || restartsLately >= (restart?.max_retries ?? defaultMaxRetries)) return 'rest';
  return policy === 'always' || end === 'failed' ? 'restart' : 'rest';
}

/** Restarts that count: those of the last five minutes. */
export class RecentRestarts {
  readonly #clock: Clock;
  #atMs: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    const sinceMs = this.#clock.nowMs() - windowMs;
    this.#atMs = this.#atMs.filter((atMs) => atMs > sinceMs);
    return this.#atMs.length;
  }

  add(): void {
    this.#atMs = [...this.#atMs, this.#clock.nowMs()];
  }

  /** Somebody has started the machine. */
  forget(): void {
    this.#atMs = [];
  }
}
