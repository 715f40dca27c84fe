import type { EventTable } from '../database/events.js';
import type { CountsRow, LockRow, OverviewTable, WakeRow } from '../database/overview.js';
import type { PoolBreakerTable } from '../database/pool-breakers.js';
import type { OwnPool, PoolMemberTable } from '../database/pool-members.js';
import type { QuarantineTable } from '../database/quarantine.js';
import { regionNeeds, wholeNeed } from '../pool/needs.js';
import { shownBreaker } from '../pool/shown.js';
import { shownEvent } from '../projects/shown.js';
import type { HeldLock, Overview, OverviewPool, Wake } from '../resources.js';
import { asking } from '../running.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import type { CallOptions } from '../valet.js';
import { KeptCount } from './kept-count.js';

export interface OverviewParts {
  readonly overview: OverviewTable;
  readonly events: Pick<EventTable, 'recent'>;
  readonly members: Pick<PoolMemberTable, 'snapshot'>;
  readonly breakers: Pick<PoolBreakerTable, 'list'>;
  readonly quarantine: Pick<QuarantineTable, 'open'>;
  readonly own: OwnPool;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const maxWakes = 20;
const maxEvents = 50;

/** All of it at a glance. One statement after the other, so it takes one connection. */
export class DirectOverview {
  readonly #parts: OverviewParts;
  readonly #count: KeptCount;

  constructor(parts: OverviewParts) {
    const { overview, now = () => performance.now() } = parts;
    this.#parts = parts;
    this.#count = new KeptCount({ count: (limitMs) => overview.count(limitMs), now });
  }

  async read({ signal }: CallOptions = {}): Promise<Overview> {
    return asking(signal, () => this.#look());
  }

  async #look(): Promise<Overview> {
    const { overview, events, quarantine, own } = this.#parts;
    return {
      at: (await overview.moment()).toISOString(),
      environment: own.environment,
      projects: shownCounts(await this.#count.get()),
      pool: await this.#pool(),
      wakes: (await overview.wakes(maxWakes)).map(shownWake),
      events: (await events.recent(maxEvents)).map(shownEvent),
      locks: (await overview.locks()).map(shownLock),
      quarantined: (await quarantine.open()).count,
      server: null,
    };
  }

  async #pool(): Promise<OverviewPool> {
    const { members, breakers, own } = this.#parts;
    const { mode, ...snapshot } = await members.snapshot(own);
    const regions = regionNeeds(snapshot);
    const { outdated: _, ...whole } = wholeNeed(regions);
    return { mode, ...whole, regions, breakers: (await breakers.list()).map(shownBreaker) };
  }
}

function shownCounts(row: CountsRow | null): Overview['projects'] {
  return row && { ...row, counted_at: row.counted_at.toISOString() };
}

function shownWake(row: WakeRow): Wake {
  return { ...row, begun_at: row.begun_at.toISOString() };
}

const lockNames = new Map<number, string>(Object.entries(lockNumbers).map(([name, lock]) => [lock, name]));

function shownLock({ lock, holder }: LockRow): HeldLock {
  return { name: lockNames.get(lock) ?? String(lock), lock, holder };
}
