import type { Actor } from '../actor.js';
import { parsed } from '../parsed.js';
import { type SweepOptions, type SweepPlan, type SweepResult, sweepOptionsSchema } from '../resources.js';
import type { Running } from '../running.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import type { TaskLocks } from '../upkeep/task.js';
import type { CallOptions, SweepCalls } from '../valet.js';
import type { Sweep, SweepScope } from './sweep.js';

export interface SweepCallParts {
  readonly sweep: Sweep;
  readonly locks: TaskLocks;
  readonly running: Running;
  readonly actor: Actor;
}

/** What people ask of the sweep, answered directly. */
export class DirectSweep implements SweepCalls {
  readonly #parts: SweepCallParts;

  constructor(parts: SweepCallParts) {
    this.#parts = parts;
  }

  plan(options: SweepOptions = {}, _call?: CallOptions): Promise<SweepPlan> {
    return this.#parts.sweep.plan(scopeOf(options));
  }

  async run(options: SweepOptions = {}, call: CallOptions = {}): Promise<SweepResult> {
    const { sweep, locks, running, actor } = this.#parts;
    const scope = scopeOf(options);
    const outcome = await running.start(
      (signal) => locks.tryRun(lockNumbers.sweep, (held) => sweep.run(scope, actor(), held), signal),
      call.signal,
    );
    if (!outcome.held) return outcome.result;
    return { skipped: 'Another instance is sweeping right now.', archived: [], kept: [], failed: [], left_over: 0 };
  }
}

function scopeOf(options: SweepOptions): SweepScope {
  const { older_than_secs, limit } = parsed(sweepOptionsSchema, options);
  return { olderThanSecs: older_than_secs, limit };
}
