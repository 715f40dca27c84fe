import { formatDuration } from '../text/duration.js';
import { plain } from '../text/plain.js';
import type { Outcome, Progress } from './progress.js';

/** "12 of 40 · 9 archived · 2 kept · 1 failed · 00:31" */
export function countsText({ planned, finished, counts }: Progress, elapsedMs: number): string {
  const each = counts.map(([outcome, count]) => `${count} ${outcome}`);
  return [`${finished} of ${planned}`, ...each, clock(elapsedMs)].join(' · ');
}

/** "shop kept (0.1 s): machine_busy: It is being used." */
export function outcomeText({ id, outcome, tookSecs, code, reason }: Outcome): string {
  const took = tookSecs === null ? '' : ` (${tookSecs.toFixed(1)} s)`;
  const why = [code, reason].filter((part) => part !== null).join(': ');
  return plain(`${id} ${outcome}${took}${why === '' ? '' : `: ${why}`}`);
}

/** "12 of 40 in 31 s: 9 archived, 2 kept, 1 failed." Undefined where there was nothing to do. */
export function summaryText({ planned, finished, counts }: Progress, elapsedMs: number): string | undefined {
  if (planned === 0 && finished === 0) return undefined;
  const each = counts.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const what = each === '' ? '' : `: ${each}`;
  const took = elapsedMs < 1000 ? 'less than 1 s' : formatDuration(elapsedMs / 1000);
  return `${finished} of ${planned} in ${took}${what}.`;
}

/** "00:31", "1:02:07" */
function clock(elapsedMs: number): string {
  const secs = Math.floor(elapsedMs / 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(secs / 3600);
  const rest = `${two(Math.floor(secs / 60) % 60)}:${two(secs % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}
