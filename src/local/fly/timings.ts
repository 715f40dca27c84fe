/** How long the emulated Fly takes for things, in milliseconds. */
export interface FlyTimings {
  /** From the answer of a create to the state `created`; a start in between is refused, as on Fly. */
  readonly createdMs: number;
  /** Boot of the VM, counted from the spawn of the process. Whether the program serves by then is its own affair. */
  readonly startMs: number;
  /** From a snapshot back to running. */
  readonly resumeMs: number;
  /** What stopping takes at least, on top of the time the program takes to end. */
  readonly stopMs: number;
  readonly suspendMs: number;
  /** Spent in `replacing` after an update. */
  readonly replaceMs: number;
  readonly destroyMs: number;
  /** A destroyed machine still answers 200 `destroyed` for so long, then 404. */
  readonly destroyLingerMs: number;
  /** A volume stays bound for so long after its machine was destroyed; up to three minutes on Fly. */
  readonly volumeUnbindMs: number;
  /** A volume is `creating` for so long. */
  readonly volumeCreateMs: number;
  /** Then `restoring`, when it is made from a snapshot. */
  readonly volumeRestoreMs: number;
  /** Or `enabling_remote_export` and then `hydrating`, when it is a copy of another volume. */
  readonly volumeExportMs: number;
  readonly volumeHydrateMs: number;
  /** Spent in `extending` after it was made larger. */
  readonly volumeExtendMs: number;
  /** Spent in `scheduling_destroy` before `pending_destroy`. */
  readonly volumeScheduleDestroyMs: number;
  /** What a migration leaves behind is `pending_destroy` for so long; a week on Fly. */
  readonly volumeMigratedPendingMs: number;
  /** A snapshot is `waiting` for so long, and then `running`. */
  readonly snapshotWaitMs: number;
  readonly snapshotRunMs: number;
  /** From the answer of an app's deletion to its end, if its machines do not take longer. */
  readonly appDeleteMs: number;
  /** A deleted volume is shown as `pending_destroy` for so long; a day on Fly. */
  readonly volumePendingDestroyMs: number;
  /** Pause before the restart policy starts a program that has ended. */
  readonly restartDelayMs: number;
}

/** Says how long something takes this time. */
export interface Pacing {
  ms(what: keyof FlyTimings): number;
}

/** As quick as a computer allows while every passing state can still be seen. */
export const instantTimings: FlyTimings = {
  createdMs: 5,
  startMs: 5,
  resumeMs: 2,
  stopMs: 2,
  suspendMs: 2,
  replaceMs: 5,
  destroyMs: 2,
  destroyLingerMs: 50,
  volumeUnbindMs: 20,
  volumeCreateMs: 2,
  volumeRestoreMs: 5,
  volumeExportMs: 2,
  volumeHydrateMs: 5,
  volumeExtendMs: 2,
  volumeScheduleDestroyMs: 2,
  volumePendingDestroyMs: 50,
  volumeMigratedPendingMs: 50,
  snapshotWaitMs: 2,
  snapshotRunMs: 2,
  appDeleteMs: 5,
  restartDelayMs: 20,
};
