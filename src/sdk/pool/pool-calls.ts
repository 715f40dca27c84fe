import type { Actor } from '../actor.js';
import type { Listings } from '../database/listings.js';
import type { PoolBreakerTable } from '../database/pool-breakers.js';
import type { OwnPool, PoolMemberTable } from '../database/pool-members.js';
import type { PoolModeTable } from '../database/pool-modes.js';
import type { PoolUseRow, PoolUseTable } from '../database/pool-use.js';
import { follow, resultOf } from '../follow.js';
import { parsed } from '../parsed.js';
import {
  type DrainPool,
  type DrainResult,
  drainPoolSchema,
  type PoolStatus,
  type PoolUse,
  type ReplenishResult,
} from '../resources.js';
import { asking, type Running } from '../running.js';
import type { DrainStep, ReplenishStep } from '../steps.js';
import type { FuseCheck } from '../upkeep/fuse-check.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import type { TaskLocks } from '../upkeep/task.js';
import type { CallOptions, PoolCalls } from '../valet.js';
import { regionNeeds, wholeNeed } from './needs.js';
import type { Replenisher } from './replenish.js';
import { shownBreaker, shownMachine } from './shown.js';

export interface PoolCallParts {
  readonly members: Pick<PoolMemberTable, 'snapshot'>;
  readonly breakers: Pick<PoolBreakerTable, 'list'>;
  readonly modes: PoolModeTable;
  readonly use: PoolUseTable;
  readonly own: OwnPool;
  readonly listings: Pick<Listings, 'pool'>;
  readonly replenisher: Replenisher;
  readonly locks: TaskLocks;
  readonly running: Running;
  readonly fuse: FuseCheck;
  readonly actor: Actor;
}

const maxMembersShown = 500;
const useSecs = 86_400;

/** What people ask of the warm pool, answered directly. */
export class DirectPool implements PoolCalls {
  readonly #parts: PoolCallParts;

  constructor(parts: PoolCallParts) {
    this.#parts = parts;
  }

  status({ signal }: CallOptions = {}): Promise<PoolStatus> {
    return asking(signal, () => this.#status());
  }

  async #status(): Promise<PoolStatus> {
    const { members, breakers, use, listings, own } = this.#parts;
    const snapshot = await members.snapshot(own);
    const regions = regionNeeds(snapshot);
    const { outdated: _, ...whole } = wholeNeed(regions);
    const listed = await listings.pool(own.environment, maxMembersShown);
    return {
      mode: snapshot.mode,
      ...whole,
      regions,
      breakers: (await breakers.list()).map(shownBreaker),
      use: shownUse(await use.over(useSecs)),
      members: listed.map(shownMachine),
    };
  }

  replenish(options?: CallOptions): Promise<ReplenishResult> {
    return resultOf(this.replenishSteps(options));
  }

  replenishSteps({ signal }: CallOptions = {}): AsyncIterable<ReplenishStep> {
    const { locks, running, replenisher } = this.#parts;
    return follow<ReplenishStep>(async ({ tell, left }) => {
      const outcome = await running.start(
        (closing) => locks.tryRun(lockNumbers.replenish, (held) => replenisher.replenish(held, tell), closing),
        left,
      );
      return { kind: 'done', result: outcome.held ? elsewhere : outcome.result };
    }, signal);
  }

  pause(options?: CallOptions): Promise<PoolStatus> {
    return this.#turn('paused', options);
  }

  drain(input: DrainPool = {}, call?: CallOptions): Promise<DrainResult> {
    return resultOf(this.drainSteps(input, call));
  }

  drainSteps(input: DrainPool = {}, { signal }: CallOptions = {}): AsyncIterable<DrainStep> {
    const { fuse, modes, own, running, actor } = this.#parts;
    return follow<DrainStep>(async ({ tell, left }) => {
      const { limit } = parsed(drainPoolSchema, input);
      await asking(left, () => fuse.assertIntact(left));
      const retiring = await running.start(() => modes.drain(own.environment, limit, actor()), left);
      tell({ kind: 'planned', total: retiring.length });
      for (const id of retiring) tell({ kind: 'machine', outcome: 'retiring', id });
      return { kind: 'done', result: { skipped: null, retiring } };
    }, signal);
  }

  resume(options?: CallOptions): Promise<PoolStatus> {
    return this.#turn('filling', options);
  }

  async #turn(mode: 'paused' | 'filling', options: CallOptions = {}): Promise<PoolStatus> {
    const { running, modes, own, actor } = this.#parts;
    await running.start(() => modes.set(own.environment, mode, actor()), options.signal);
    return this.status(options);
  }
}

const elsewhere: ReplenishResult = {
  skipped: 'Another instance is replenishing the pool right now.',
  ready: [],
  failed: [],
};

/** A rate of 0 while members are ready: they are there, and nobody gets them. */
function shownUse(row: PoolUseRow): PoolUse {
  const all = row.claimed + row.made;
  return { over_secs: useSecs, ...row, hit_rate: all === 0 ? null : row.claimed / all };
}
