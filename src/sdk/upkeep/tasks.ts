import type { Sweep } from '../dormancy/sweep.js';
import type { Replenisher } from '../pool/replenish.js';
import { locks } from './lock-numbers.js';
import type { Observation } from './observe.js';
import type { OrphanSearch } from './orphans.js';
import type { Recovery } from './recover.js';
import type { Retirement } from './retire.js';
import type { BackgroundTask } from './task.js';

export interface TaskParts {
  readonly replenisher: Replenisher;
  readonly sweep: Sweep;
  readonly recovery: Recovery;
  readonly retirement: Retirement;
  readonly orphanSearch: OrphanSearch;
  readonly observation: Observation;
  /** Calls back with the new state of any machine's row. */
  readonly onMachine: (listener: (state: string) => void) => () => void;
  readonly replenishIntervalMs: number;
  readonly owner: string;
}

const second = 1000;
const minute = 60 * second;
/** A sweep that finds more goes on in its next pass. */
const sweepLimit = 1000;

/** The standing duties of `valet serve`, with their locks and periods (design: guarantees). */
export function backgroundTasks(parts: TaskParts): BackgroundTask[] {
  const { replenisher, sweep, recovery, retirement, orphanSearch, observation, owner } = parts;
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
      ...nudgedBy('assigned', 'retiring'),
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
        const { archived, kept, failed } = await sweep.run(
          { olderThanSecs: undefined, limit: sweepLimit },
          owner,
          signal,
        );
        const looked = archived.length + kept.length + failed.length;
        return looked > 0 ? `${archived.length} archived, ${kept.length} left alone, ${failed.length} failed` : null;
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
        const changed = await observation.pass(signal);
        return changed > 0 ? `${changed} machines changed` : null;
      },
    },
  ];
}
