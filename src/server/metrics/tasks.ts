import type { TaskLocks } from '../../sdk/upkeep/task.js';
import type { Loops } from '../loops.js';
import type { Readings, Shown } from './shown.js';

type LoopShown = Loops['all'][number];

/** The background tasks and their locks, as this instance sees them. */
export function showTasks(
  shown: Shown,
  loops: Pick<Loops, 'all'>,
  locks: Pick<TaskLocks, 'held'>,
  now: () => number,
): void {
  const of = (read: (loop: LoopShown) => number | undefined) => (): Readings<'task'> =>
    loops.all.flatMap((loop) => {
      const value = read(loop);
      return value === undefined ? [] : [[{ task: loop.name }, value] as const];
    });
  const gauge = (name: string, help: string, read: (loop: LoopShown) => number | undefined) =>
    shown.gauges(name, help, ['task'], of(read));

  shown.counters('valet_task_runs_total', 'Runs of a background task, by how they ended.', ['task', 'outcome'], () =>
    loops.all.flatMap(({ name, history }) =>
      Object.entries(history.runs).map(([outcome, runs]) => [{ task: name, outcome }, runs] as const),
    ),
  );
  shown.counters(
    'valet_task_seconds_total',
    'Time spent in runs of a background task.',
    ['task'],
    of(({ history }) => history.tookMs / 1_000),
  );
  gauge(
    'valet_task_last_run_age_seconds',
    'Since this instance last ended a run, or since its start.',
    ({ history }) => (now() - (history.last?.endedAtMs ?? history.sinceMs)) / 1_000,
  );
  gauge(
    'valet_task_last_success_age_seconds',
    'Since a run of this instance last ended well, or since its start.',
    ({ history }) => (now() - (history.lastGoodAtMs ?? history.sinceMs)) / 1_000,
  );
  gauge(
    'valet_task_last_run_duration_seconds',
    'How long the last run took.',
    ({ history }) => history.last && history.last.tookMs / 1_000,
  );
  gauge('valet_task_running', 'Whether a run is under way.', ({ runningMs }) => Number(runningMs !== undefined));
  gauge('valet_task_stuck', 'Whether a run neither ended nor heeded its abort.', ({ stuck }) => Number(stuck));
  gauge('valet_task_lock_held', 'Whether this instance holds the lock of the task.', ({ lock }) =>
    Number(locks.held.has(lock)),
  );
}
