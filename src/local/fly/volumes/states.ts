import type { Pacing } from '../timings.js';

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

/** When it comes to rest; `sinceMs` when it is at rest from the start. */
export function settledMs(course: StateCourse, sinceMs: number): number {
  return course.passing.at(-1)?.untilMs ?? sinceMs;
}

export function courseOfCreation(origin: VolumeOrigin, pace: Pacing, nowMs: number): StateCourse {
  const creating = ['creating', pace.ms('volumeCreateMs')] as const;
  switch (origin) {
    case 'empty':
      return course(nowMs, [creating], 'created');
    case 'snapshot':
      return course(nowMs, [creating, ['restoring', pace.ms('volumeRestoreMs')]], 'created');
    case 'fork':
      return course(
        nowMs,
        [creating, ['enabling_remote_export', pace.ms('volumeExportMs')], ['hydrating', pace.ms('volumeHydrateMs')]],
        'created',
      );
  }
}

export function courseOfExtension(pace: Pacing, nowMs: number): StateCourse {
  return course(nowMs, [['extending', pace.ms('volumeExtendMs')]], 'created');
}

export function courseOfDeletion(pace: Pacing, nowMs: number): StateCourse {
  return course(nowMs, [['scheduling_destroy', pace.ms('volumeScheduleDestroyMs')]], 'pending_destroy');
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
