const wakeFirstSecs = 5;
const wakeMaxSecs = 15 * 60;
const archiveFirstSecs = 60 * 60;
const archiveMaxSecs = 24 * 60 * 60;

/** A project that cannot be woken must not be woken by every request: 5 s, doubling, up to 15 min. */
export function wakeBackoffSecs(failuresBefore: number): number {
  return doubling(wakeFirstSecs, wakeMaxSecs, failuresBefore);
}

/** Each failed archive costs a machine some minutes; 1 h, doubling, up to a day. */
export function archiveBackoffSecs(failuresBefore: number): number {
  return doubling(archiveFirstSecs, archiveMaxSecs, failuresBefore);
}

function doubling(firstSecs: number, maxSecs: number, failuresBefore: number): number {
  return Math.min(maxSecs, firstSecs * 2 ** Math.min(failuresBefore, 30));
}
