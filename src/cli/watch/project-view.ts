import type { Archive, Project } from '../../sdk/resources.js';
import { formatBytes } from '../text/bytes.js';
import { relativeTime } from '../text/duration.js';
import { stateColours } from '../views/state-colours.js';
import { eventLine } from './events-part.js';
import { type Line, line, type Size, screenText, tall, wrapped } from './lines.js';
import type { ProjectDetails, WatchState } from './model.js';

/** The open project, from where it is scrolled to. */
export function projectView(state: WatchState, size: Size): readonly Line[] {
  return [titleLine(state), ...tall(bodyOf(state, size.columns).slice(state.scroll), size.rows - 1)];
}

/** How far there is anything to scroll to. */
export function mostScroll(state: WatchState, size: Size): number {
  return Math.max(0, bodyOf(state, size.columns).length - (size.rows - 1));
}

function titleLine({ openId, details, loadFault }: WatchState): Line {
  const title = { text: screenText(`PROJECT ${openId ?? ''}`), tone: 'bold' } as const;
  if (loadFault !== null)
    return [title, { text: screenText(`  ${loadFault.message} (${loadFault.code})`), tone: 'red' }];
  if (details === null) return [title, { text: '  reading …', tone: 'dim' }];
  const { state } = details.project;
  return [title, { text: ` ${state}`, tone: stateColours[state] }];
}

function bodyOf({ details, overview }: WatchState, columns: number): readonly Line[] {
  if (details === null) return [];
  const nowMs = Date.parse(overview.at);
  return [
    ...explanationLines(details, columns),
    [],
    ...recordLines(details.project, nowMs),
    [],
    ...archiveLines(details, nowMs),
    [],
    line('EVENTS', 'bold'),
    ...details.events.events.map((event) => eventLine({ ...event, project_id: event.machine_id }, nowMs)),
  ];
}

function explanationLines({ explanation }: ProjectDetails, columns: number): readonly Line[] {
  const { summary, reasons, next } = explanation;
  const because = reasons.flatMap((reason) => wrapped(`- ${reason}`, columns));
  return [...wrapped(summary, columns), ...because, ...wrapped(`Next: ${next}`, columns)].map((text) => line(text));
}

const nameColumns = 13;

function recordLines(project: Project, nowMs: number): readonly Line[] {
  const { url, region, machine_id, last_active_at, hold_until, created_at, epoch } = project;
  const facts = {
    url,
    region,
    machine: machine_id ?? '-',
    'last active': relativeTime(last_active_at, nowMs),
    ...(hold_until !== null && { held: `until ${hold_until}` }),
    created: relativeTime(created_at, nowMs),
    epoch: String(epoch),
  };
  return Object.entries(facts).map(([name, value]) => [
    { text: `${name}:`.padEnd(nameColumns), tone: 'dim' },
    { text: screenText(value) },
  ]);
}

function archiveLines({ archives: { archives, current } }: ProjectDetails, nowMs: number): readonly Line[] {
  const lines = archives.map((archive) => archiveLine(archive, archive.id === current, nowMs));
  return [line('ARCHIVES', 'bold'), ...(lines.length === 0 ? [line('none', 'dim')] : lines)];
}

function archiveLine({ id, size_bytes, created_at }: Archive, isCurrent: boolean, nowMs: number): Line {
  const size = size_bytes === null ? '?' : formatBytes(size_bytes);
  return line(`${id}  ${size}, made ${relativeTime(created_at, nowMs)}${isCurrent ? ', current' : ''}`);
}
