import type { Listings } from '../database/listings.js';
import type { PoolKind, WarmPoolTable } from '../database/warm-pool.js';
import { notBuilt } from '../not-built.js';
import type { PoolStatus, ReplenishResult } from '../resources.js';
import type { Running } from '../running.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import type { TaskLocks } from '../upkeep/task.js';
import type { CallOptions, PoolCalls } from '../valet.js';
import { shortfall } from './plan.js';
import type { Replenisher } from './replenish.js';
import { shownMachine } from './shown.js';

export interface PoolCallParts {
  readonly warmPool: Pick<WarmPoolTable, 'count'>;
  readonly kind: PoolKind;
  readonly listings: Pick<Listings, 'pool'>;
  readonly replenisher: Replenisher;
  readonly locks: TaskLocks;
  readonly running: Running;
  readonly target: number;
}

const maxMembersShown = 500;

/** What people ask of the warm pool, answered directly. */
export class DirectPool implements PoolCalls {
  readonly #parts: PoolCallParts;

  constructor(parts: PoolCallParts) {
    this.#parts = parts;
  }

  async status(_options?: CallOptions): Promise<PoolStatus> {
    const { warmPool, listings, kind, target } = this.#parts;
    const counts = await warmPool.count(kind);
    const members = await listings.pool(kind.environment, maxMembersShown);
    const use = { over_secs: 86_400, claimed: 0, made: 0, hit_rate: null, claiming: null, provisioning: null };
    return {
      mode: 'filling',
      target,
      ...counts,
      shortfall: shortfall(target, counts),
      regions: [],
      breakers: [],
      use,
      members: members.map(shownMachine),
    };
  }

  async replenish(options: CallOptions = {}): Promise<ReplenishResult> {
    const { locks, running, replenisher } = this.#parts;
    const outcome = await running.start(
      (signal) => locks.tryRun(lockNumbers.replenish, (held) => replenisher.replenish(held), signal),
      options.signal,
    );
    if (!outcome.held) return outcome.result;
    return { skipped: 'Another instance is replenishing the pool right now.', ready: [], failed: [] };
  }

  readonly pause = notBuilt;
  readonly drain = notBuilt;
  readonly resume = notBuilt;
}
