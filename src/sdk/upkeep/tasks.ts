import { actorOf } from '../actor.js';
import type { Prune } from '../dormancy/prune.js';
import type { Sweep } from '../dormancy/sweep.js';
import type { Replenisher } from '../pool/replenish.js';
import type { Rebuilder } from '../projects/rebuilder.js';
import { locks } from './lock-numbers.js';
import type { Observation } from './observe.js';
import type { OrphanSearch } from './orphans.js';
import type { Recovery } from './recover.js';
import type { Retirement } from './retire.js';
import type { BackgroundTask } from './task.js';

export interface TaskParts {
  readonly replenisher: Replenisher;
  readonly sweep: Sweep;
  readonly prune: Prune;
  readonly recovery: Recovery;
  readonly retirement: Retirement;
  readonly orphanSearch: OrphanSearch;
  readonly observation: Observation;
  readonly rebuilder: Pick<Rebuilder, 'takeFailures'>;
  /** Calls back with the new state of any machine's row. */
  readonly onMachine: (listener: (state: string) => void) => () => void;
  readonly replenishIntervalMs: number;
  readonly owner: string;
}

const second = 1000;
const minute = 60 * second;
/** A sweep that finds more goes on in its next pass. */
const sweepLimit = 1000;
const maxTroubleChars = 2_000;

/** The standing duties of `valet serve`, with their locks and periods (design: guarantees). */
export function backgroundTasks(parts: TaskParts): BackgroundTask[] {
  const { replenisher, sweep, prune, recovery, retirement, orphanSearch, observation, rebuilder, owner } = parts;
  const nudgedBy = (...states: string[]) => ({
    onNudge: (nudge: () => void) =>
      parts.onMachine((state) => {
        if (states.includes(state)) nudge();
      }),
  });
  return [
    {
      name: 'replenish',
      lock: locks.replenish,
      periodMs: parts.replenishIntervalMs,
      deadlineMs: 6 * minute,
      ...nudgedBy('assigned', 'retiring', 'pool_filling'),
      run: async (signal) => {
        const { ready, failed } = await replenisher.replenish(signal);
        if (failed.length > 0)
          throw new Error(`${failed.length} of ${failed.length + ready.length} failed: ${failed[0]?.reason}`);
        return ready.length > 0 ? `${ready.length} machines became ready` : null;
      },
    },
    {
      name: 'sweep',
      lock: locks.sweep,
      periodMs: 60 * minute,
      deadlineMs: 55 * minute,
      run: async (signal) => {
        const { archived, kept, failed, left_over } = await sweep.run(
          { olderThanSecs: undefined, limit: sweepLimit },
          actorOf('sweep', owner),
          signal,
        );
        const looked = archived.length + kept.length + failed.length;
        if (looked === 0) return null;
        const told = `${archived.length} archived, ${kept.length} left alone, ${failed.length} failed`;
        return left_over > 0 ? `${told}; ${left_over} more are idle, beyond the ${sweepLimit} of one sweep` : told;
      },
    },
    {
      name: 'prune',
      lock: locks.prune,
      periodMs: 60 * minute,
      deadlineMs: 10 * minute,
      run: async (signal) => {
        const { deleted, failed, full } = await prune.pass(signal);
        if (failed.length > 0)
          throw new Error(`${failed.length} archives not deleted, ${failed[0]?.id}: ${failed[0]?.reason}`);
        if (deleted.length === 0) return null;
        return `${deleted.length} archives deleted${full ? '; there may be more, for the next pass' : ''}`;
      },
    },
    {
      name: 'recover',
      lock: locks.recover,
      periodMs: 5 * second,
      deadlineMs: 2 * minute,
      run: async (signal) => {
        const { projects, machines, failed } = await recovery.pass(signal);
        if (failed.length > 0)
          throw new Error(`${failed.length} not recovered, ${failed[0]?.id}: ${failed[0]?.reason}`);
        const done = projects.length + machines.length;
        return done > 0 ? `recovered ${[...projects, ...machines].join(', ')}` : null;
      },
    },
    {
      name: 'retire',
      lock: locks.retire,
      periodMs: 15 * second,
      deadlineMs: 2 * minute,
      ...nudgedBy('retiring'),
      dueInMs: () => retirement.dueInMs(),
      run: async (signal) => {
        const steps = await retirement.pass(signal);
        return steps > 0 ? `${steps} steps` : null;
      },
    },
    {
      name: 'orphans',
      lock: locks.orphans,
      periodMs: 15 * minute,
      deadlineMs: 5 * minute,
      run: async (signal) => {
        const { retiring, quarantined } = await orphanSearch.pass(signal);
        const found = retiring.length + quarantined.length;
        return found > 0 ? `${retiring.length} given back, ${quarantined.length} in quarantine` : null;
      },
    },
    {
      name: 'observe',
      lock: locks.observe,
      periodMs: 30 * second,
      deadlineMs: minute,
      run: async (signal) => {
        const { changed, rebuilding, lost, failed } = await observation.pass(signal);
        // The next pass tells how rebuilding went, since it is not waited for.
        const trouble = [...lost, ...failed, ...rebuilder.takeFailures()];
        if (trouble.length > 0)
          throw new Error(
            trouble
              .map(({ id, reason }) => `${id}: ${reason}`)
              .join('; ')
              .slice(0, maxTroubleChars),
          );
        if (rebuilding.length > 0) return `rebuilding ${rebuilding.join(', ')}`;
        return changed > 0 ? `${changed} machines changed` : null;
      },
    },
  ];
}
