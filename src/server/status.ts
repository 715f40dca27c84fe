import type { LoopStatus, ServerStatus } from '../sdk/resources.js';
import type { RoutingLoad } from '../sdk/routing/counts.js';
import type { Serving } from '../sdk/serving.js';
import { locks as lockNumbers } from '../sdk/upkeep/lock-numbers.js';
import type { InFlight } from './in-flight.js';
import type { Loops } from './loops.js';

export interface StatusParts {
  readonly serving: Pick<Serving, 'instance' | 'locks' | 'changes'>;
  readonly router: { readonly load: Pick<RoutingLoad, 'held' | 'degraded'> };
  readonly loops: Pick<Loops, 'all'>;
  readonly inFlight: Pick<InFlight, 'count'>;
  readonly stopping: () => boolean;
  readonly version: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** How the instance that answers is doing, from what it has in memory. */
export function statusOf(parts: StatusParts): () => ServerStatus {
  const startedAtMs = parts.now();
  return () => {
    const { serving, router, loops, inFlight, stopping, version, now } = parts;
    const { held, degraded } = router.load;
    return {
      instance: serving.instance,
      version,
      uptime_secs: secs(now() - startedAtMs),
      stopping: stopping(),
      listening: serving.changes.healthy,
      degraded,
      in_flight: inFlight.count,
      held,
      locks: Object.entries(lockNumbers).flatMap(([name, lock]) => (serving.locks.held.has(lock) ? [name] : [])),
      loops: loops.all.map((loop) => loopStatus(loop, now())),
    };
  };
}

function loopStatus({ name, stuck, runningMs, nextInMs, history }: Loops['all'][number], nowMs: number): LoopStatus {
  const { last, lastGoodAtMs, runs } = history;
  return {
    name,
    stuck,
    running_secs: secsOrNull(runningMs),
    next_in_secs: secsOrNull(nextInMs),
    last_run: last
      ? { outcome: last.outcome, ended_secs_ago: secs(nowMs - last.endedAtMs), took_secs: secs(last.tookMs) }
      : null,
    last_success_secs_ago: secsOrNull(lastGoodAtMs === undefined ? undefined : nowMs - lastGoodAtMs),
    runs: { ...runs },
  };
}

function secsOrNull(ms: number | undefined): number | null {
  return ms === undefined ? null : secs(ms);
}

function secs(ms: number): number {
  return Math.round(ms) / 1_000;
}
