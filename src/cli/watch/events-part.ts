import type { ProjectEvent } from '../../sdk/resources.js';
import { relativeTime } from '../text/duration.js';
import { type Line, line, screenText } from './lines.js';

const whenColumns = 11;

/** One event in one line: when, whose, what, by whom and why. */
export function eventLine({ at, what, project_id, machine_id, actor, why }: ProjectEvent, nowMs: number): Line {
  const whose = project_id ?? (machine_id === null ? '-' : `machine ${machine_id}`);
  const because = why === null ? '' : `: ${why}`;
  return [
    { text: relativeTime(at, nowMs).padEnd(whenColumns), tone: 'dim' },
    { text: screenText(`${whose}  `) },
    { text: screenText(what.replaceAll('_', ' ')), tone: 'bold' },
    { text: screenText(`, by ${actor.replace('@', ' on ')}${because}`) },
  ];
}

export function eventsPart(events: readonly ProjectEvent[], at: string): readonly Line[] {
  const nowMs = Date.parse(at);
  const lines = events.length === 0 ? [line('none yet', 'dim')] : events.map((event) => eventLine(event, nowMs));
  return [line('EVENTS', 'bold'), ...lines];
}
