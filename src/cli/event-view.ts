import type { ProjectEvent } from '../sdk/resources.js';
import { relativeTime } from './duration.js';
import { plain } from './plain.js';

/** A story, one event after the other: when, what, by whom, and below it why. */
export function eventLines(events: readonly ProjectEvent[]): string {
  const times = events.map((event) => relativeTime(event.at));
  const width = Math.max(0, ...times.map((time) => time.length)) + 2;
  return events
    .flatMap((event, index) => {
      const line = `${(times[index] ?? '').padEnd(width)}${sentence(event)}`;
      return event.why === null ? [line] : [line, `${' '.repeat(width)}  ${plain(event.why)}`];
    })
    .join('\n');
}

/** "archive begun, epoch 12, by sweep on local-1" */
function sentence({ what, epoch, actor }: ProjectEvent): string {
  const at = epoch === null ? '' : `, epoch ${epoch}`;
  return plain(`${what.replaceAll('_', ' ')}${at}, by ${actor.replace('@', ' on ')}`);
}
