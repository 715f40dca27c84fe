import type { FlyTimings } from '../timings.js';

/** Source: fly.io/docs/volumes/volume-states. `recovering` is left out: only support staff recover a volume. */
export type VolumeState =
  | 'creating'
  | 'created'
  | 'extending'
  | 'restoring'
  | 'enabling_remote_export'
  | 'hydrating'
  | 'scheduling_destroy'
  | 'pending_destroy';

/** Where a volume's data comes from when it is created. */
export type VolumeOrigin = 'empty' | 'snapshot' | 'fork';

/**
 * The states that a volume passes through and the one it then rests in, known from the start. What a volume is follows
 * from the time alone, so nothing has to happen for it to change.
 */
export interface StateCourse {
  readonly passing: readonly { readonly state: VolumeState; readonly untilMs: number }[];
  readonly rest: VolumeState;
}

export function stateAt(course: StateCourse, nowMs: number): VolumeState {
  return course.passing.find((step) => nowMs < step.untilMs)?.state ?? course.rest;
}

/** When the last change of state was; `sinceMs` when there was none since then. */
export function lastChangeMs(course: StateCourse, sinceMs: number, nowMs: number): number {
  return Math.max(sinceMs, ...course.passing.map((step) => step.untilMs).filter((untilMs) => untilMs <= nowMs));
}

export function courseOfCreation(origin: VolumeOrigin, timings: FlyTimings, nowMs: number): StateCourse {
  const creating = ['creating', timings.volumeCreateMs] as const;
  switch (origin) {
    case 'empty':
      return course(nowMs, [creating], 'created');
    case 'snapshot':
      return course(nowMs, [creating, ['restoring', timings.volumeRestoreMs]], 'created');
    case 'fork':
      return course(
        nowMs,
        [creating, ['enabling_remote_export', timings.volumeExportMs], ['hydrating', timings.volumeHydrateMs]],
        'created',
      );
  }
}

export function courseOfExtension(timings: FlyTimings, nowMs: number): StateCourse {
  return course(nowMs, [['extending', timings.volumeExtendMs]], 'created');
}

export function courseOfDeletion(timings: FlyTimings, nowMs: number): StateCourse {
  return course(nowMs, [['scheduling_destroy', timings.volumeScheduleDestroyMs]], 'pending_destroy');
}

/** What a migration leaves behind is soft deleted without further ado. */
export const courseOfMigrated: StateCourse = { passing: [], rest: 'pending_destroy' };

/**
 * A machine may be put on it. Published is only that a hydrating volume is usable, and that one which is being created
 * is taken by whoever creates a machine right after its volume.
 */
export function isMountable(state: VolumeState): boolean {
  return state === 'creating' || state === 'created' || state === 'extending' || state === 'hydrating';
}

function course(nowMs: number, steps: readonly (readonly [VolumeState, number])[], rest: VolumeState): StateCourse {
  let untilMs = nowMs;
  const passing = steps.map(([state, ms]) => {
    untilMs += ms;
    return { state, untilMs };
  });
  return { passing, rest };
}
