import { lastChangeMs, stateAt } from './states.js';
import { holderOf, type Volume } from './volume.js';

/** A volume as it is at this time, whatever the time is when somebody looks at it. */
export function stillVolume(volume: Volume, nowMs: number): Volume {
  return {
    ...volume,
    course: { passing: [], rest: stateAt(volume.course, nowMs) },
    changedAtMs: lastChangeMs(volume.course, volume.changedAtMs, nowMs),
    boundTo: holderOf(volume, nowMs),
    boundUntilMs: undefined,
  };
}
