import type { ProjectEvent } from '../../sdk/resources.js';
import type { Output } from '../environment.js';
import { relativeTime } from '../text/duration.js';
import { plain } from '../text/plain.js';
import { prose } from '../text/prose.js';

/**
 * A story: when, what, by whom, and below it why. What happened in one epoch stands together, and says only once what
 * is the same for all of it.
 */
export function eventLines(events: readonly ProjectEvent[], output: Pick<Output, 'columns'>): string {
  const width = Math.max(0, ...events.map(({ at }) => relativeTime(at).length)) + 2;
  return grouped(events)
    .map((group) => group.map((event, index) => eventText(event, group[index - 1], width, output)).join('\n'))
    .join('\n\n');
}

/** Neighbours of one epoch; what has none belongs to those before it. */
function grouped(events: readonly ProjectEvent[]): ProjectEvent[][] {
  const groups: ProjectEvent[][] = [];
  let epoch: number | null = null;
  for (const event of events) {
    const last = groups.at(-1);
    if (last !== undefined && (event.epoch === null || event.epoch === epoch)) last.push(event);
    else groups.push([event]);
    epoch = event.epoch ?? epoch;
  }
  return groups;
}

function eventText(
  event: ProjectEvent,
  above: ProjectEvent | undefined,
  width: number,
  output: Pick<Output, 'columns'>,
): string {
  const when = relativeTime(event.at);
  const isSameTime = above !== undefined && relativeTime(above.at) === when;
  const line = `${(isSameTime ? '' : when).padEnd(width)}${sentence(event, above)}`;
  if (event.why === null) return line;
  return `${line}\n${prose([`${' '.repeat(width + 2)}${plain(event.why)}`], output)}`;
}

/** "archive begun, epoch 12, by sweep on local-1" */
function sentence({ what, epoch, actor }: ProjectEvent, above: ProjectEvent | undefined): string {
  const at = epoch === null || epoch === above?.epoch ? '' : `, epoch ${epoch}`;
  const by = actor === above?.actor ? '' : `, by ${actor.replace(':', ' ').replace('@', ' on ')}`;
  return plain(`${what.replaceAll('_', ' ')}${at}${by}`);
}
