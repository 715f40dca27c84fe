import type { Actor } from '../actor.js';
import { follow, resultOf } from '../follow.js';
import { parsed } from '../parsed.js';
import { type SweepOptions, type SweepPlan, type SweepResult, sweepOptionsSchema } from '../resources.js';
import { asking, type Running } from '../running.js';
import type { SweepStep } from '../steps.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import type { TaskLocks } from '../upkeep/task.js';
import type { CallOptions, SweepCalls } from '../valet.js';
import type { Sweep, SweepScope } from './sweep.js';

export interface SweepCallParts {
  readonly sweep: Pick<Sweep, 'plan' | 'run'>;
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

  async plan(options: SweepOptions = {}, { signal }: CallOptions = {}): Promise<SweepPlan> {
    const scope = scopeOf(options);
    return asking(signal, () => this.#parts.sweep.plan(scope));
  }

  run(options: SweepOptions = {}, call?: CallOptions): Promise<SweepResult> {
    return resultOf(this.steps(options, call));
  }

  steps(options: SweepOptions = {}, { signal }: CallOptions = {}): AsyncIterable<SweepStep> {
    const { sweep, locks, running, actor } = this.#parts;
    return follow<SweepStep>(async (watch) => {
      const scope = scopeOf(options);
      const outcome = await running.start(
        (closing) => locks.tryRun(lockNumbers.sweep, (held) => sweep.run(scope, actor(), held, watch), closing),
        watch.left,
      );
      return { kind: 'done', result: outcome.held ? elsewhere : outcome.result };
    }, signal);
  }
}

const elsewhere: SweepResult = {
  skipped: 'Another instance is sweeping right now.',
  archived: [],
  kept: [],
  failed: [],
  left_over: 0,
};

function scopeOf(options: SweepOptions): SweepScope {
  const { older_than_secs, limit, concurrency } = parsed(sweepOptionsSchema, options);
  return { olderThanSecs: older_than_secs, limit, concurrency };
}
