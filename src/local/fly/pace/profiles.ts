import type { FlyCall } from '../calls.js';
import { type FlyTimings, instantTimings } from '../timings.js';
import type { Span } from './span.js';

/** A time that is looked up again and again has no spread: what is gone may not come back. */
type Steady = 'destroyLingerMs';

export type TimingSpans = { readonly [Name in keyof FlyTimings]: Name extends Steady ? number : Span };

/** How long calls take to be answered; `*` is for those that are not named. */
export type AnswerSpans = { readonly [Call in FlyCall | '*']?: Span };

export interface PaceProfile {
  readonly timings: TimingSpans;
  readonly answers: AnswerSpans;
}

export const paceNames = ['instant', 'fly'] as const;
export type PaceName = (typeof paceNames)[number];

const second = 1000;
const minute = 60 * second;

/**
 * What is known of Fly's times. The vendor's documentation is fly.io/docs; "live" was seen on the service by others; where
 * there is no figure the time is our guess and says so.
 */
const fly: PaceProfile = {
  timings: {
    // Live: a machine is `created` for about 6 s.
    createdMs: { minMs: 4 * second, maxMs: 8 * second },
    // Docs: well under 1 s to the VM. Live: 1.39-1.55 s end to end, with the program's own start.
    startMs: { minMs: 300, maxMs: 900 },
    // Docs, reference/suspend-resume: a few hundred ms.
    resumeMs: { minMs: 200, maxMs: 500 },
    // A guess, on top of what the program takes.
    stopMs: { minMs: 300, maxMs: 1500 },
    // Docs: over 15 s for large memory. For 256 MB a guess.
    suspendMs: { minMs: 1 * second, maxMs: 5 * second },
    // Docs, blueprints/warm-pool: an update with restart takes about 20 s in all.
    replaceMs: { minMs: 17 * second, maxMs: 21 * second },
    // A guess.
    destroyMs: { minMs: 500, maxMs: 3 * second },
    // Live: answers `destroyed` for a while. How long is a guess.
    destroyLingerMs: 1 * minute,
    // Live: an immediate delete was refused 3 times in 6, with waits up to 2 min and once 3.
    volumeUnbindMs: { minMs: 0, maxMs: 3 * minute },
    // The states of a volume are documented (volumes/volume-states), their times are guesses.
    volumeCreateMs: { minMs: 300, maxMs: 2 * second },
    volumeRestoreMs: { minMs: 5 * second, maxMs: 30 * second },
    volumeExportMs: { minMs: 2 * second, maxMs: 10 * second },
    volumeHydrateMs: { minMs: 10 * second, maxMs: 2 * minute },
    volumeExtendMs: { minMs: 500, maxMs: 3 * second },
    volumeScheduleDestroyMs: { minMs: 500, maxMs: 3 * second },
    snapshotWaitMs: { minMs: 500, maxMs: 5 * second },
    snapshotRunMs: { minMs: 2 * second, maxMs: 20 * second },
    appDeleteMs: { minMs: 500, maxMs: 5 * second },
    // Docs, volumes/volume-states: a day, and a week after a migration.
    volumeMigratedPendingMs: 7 * 24 * 60 * minute,
    volumePendingDestroyMs: 24 * 60 * minute,
    // A guess.
    restartDelayMs: { minMs: 500, maxMs: 2 * second },
  },
  answers: {
    // A guess; the machine itself is there well before 5 s in nine of ten cases, says an interview with the vendor.
    create_machine: { minMs: 500, maxMs: 3 * second },
    // Docs, blueprints/warm-pool, with the command itself.
    exec_machine: { minMs: 1 * second, maxMs: 2 * second },
    // A guess.
    '*': { minMs: 30, maxMs: 250 },
  },
};

export const profiles: Readonly<Record<PaceName, PaceProfile>> = {
  instant: { timings: instantTimings, answers: {} },
  fly,
};
