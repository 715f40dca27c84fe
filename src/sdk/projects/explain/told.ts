import type { Explanation } from '../../resources.js';

export type Told = Pick<Explanation, 'summary' | 'reasons' | 'next'>;

/** `3 days ago`, `in 2 hours`; of a moment seen from another. */
export function relative(moment: Date, now: Date): string {
  const secs = (moment.getTime() - now.getTime()) / 1000;
  return secs > 0 ? `in ${span(secs)}` : `${span(-secs)} ago`;
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** The largest unit that there are at least two of, so that it is never off by half. */
export function span(secs: number): string {
  for (const [unit, length] of units) {
    if (secs >= 2 * length) return `${Math.floor(secs / length)} ${unit}s`;
  }
  const whole = Math.floor(secs);
  return whole === 1 ? '1 second' : `${whole} seconds`;
}

/** To the second, as a time that can be given to another command. */
export function at(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/** `why` is somebody's sentence, or a part of one. */
export function because(text: string, why: string | null): string {
  return why === null ? `${text}.` : `${text}: ${why.replace(/\.$/, '')}.`;
}
