import { ValetError } from '../../sdk/errors.js';

const secsOf = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/**
 * Seconds in "30s", "15m", "12h", "7d", "2w" or a sum such as "1d12h".
 *
 * @throws ValetError `request_invalid`
 */
export function parseDuration(text: string): number {
  if (!/^(\d{1,9}(\.\d{1,3})?[smhdw])+$/.test(text)) {
    throw new ValetError('request_invalid', `${JSON.stringify(text.slice(0, 40))} is not a duration.`, {
      hint: 'Write a number and a unit: 30s, 15m, 12h, 7d or 2w.',
    });
  }
  const parts = [...text.matchAll(/([\d.]+)([smhdw])/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (secsOf.get(unit ?? '') ?? 0), 0);
}

const steps = [
  { unit: 'd', secs: 86_400 },
  { unit: 'h', secs: 3600 },
  { unit: 'min', secs: 60 },
] as const;

/** Roughly, in the largest unit of which there is at least one: "3 h". */
export function formatDuration(secs: number): string {
  const step = steps.find((candidate) => secs >= candidate.secs);
  return step === undefined ? `${Math.floor(secs)} s` : `${Math.floor(secs / step.secs)} ${step.unit}`;
}

/** A moment as seen from now: "3 h ago", "in 2 d", "now". */
export function relativeTime(timestamp: string, nowMs: number = Date.now()): string {
  const secs = (nowMs - Date.parse(timestamp)) / 1000;
  if (Math.abs(secs) < 1) return 'now';
  return secs > 0 ? `${formatDuration(secs)} ago` : `in ${formatDuration(-secs)}`;
}
