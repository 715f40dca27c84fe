import type { Project } from '../../sdk/resources.js';
import { relativeTime } from '../text/duration.js';
import { stateColours } from '../views/state-colours.js';
import { type Line, line, type Size, type Span, screenText, tall } from './lines.js';
import { isSameWish, type WatchState, wishOf } from './model.js';

const stateColumns = 11;
const regionColumns = 8;
const activeColumns = 12;
const mostIdColumns = 63;

/** A page of the projects that the filter lets through, one of them chosen. */
export function projectsView(state: WatchState, size: Size): readonly Line[] {
  const { page, chosen, overview } = state;
  const projects = page?.answer.projects ?? [];
  const idColumns = Math.min(mostIdColumns, size.columns - 2 - stateColumns - regionColumns - activeColumns);
  const nowMs = Date.parse(overview.at);
  const last = Math.max(0, projects.length - 1);
  const rows = projects.map((project, row) => projectLine(project, row === Math.min(chosen, last), idColumns, nowMs));
  const none = page !== null && projects.length === 0 ? [line('  none', 'dim')] : [];
  return tall([titleLine(state), headLine(idColumns), ...rows, ...none], size.rows);
}

function titleLine(state: WatchState): Line {
  const { filter, typing, page, cursors, loadFault } = state;
  const title: Span = { text: 'PROJECTS', tone: 'bold' };
  if (loadFault !== null)
    return [title, { text: screenText(`  ${loadFault.message} (${loadFault.code})`), tone: 'red' }];
  const which = filter.state === null ? 'all but the deleted' : filter.state;
  const begin = typing || filter.prefix !== '' ? `, id begins with ${filter.prefix}` : '';
  const cursor: readonly Span[] = typing ? [{ text: ' ', tone: 'inverse' }] : [];
  const isCurrent = page !== null && isSameWish(page.wish, wishOf(state));
  const more = page?.answer.next_cursor === null ? '' : ', more below';
  const place = cursors.length > 1 || more !== '' ? `  page ${cursors.length}${more}` : '';
  return [title, { text: ` ${which}${begin}` }, ...cursor, { text: isCurrent ? place : '  reading …', tone: 'dim' }];
}

function headLine(idColumns: number): Line {
  const heads = `  ${'ID'.padEnd(idColumns)}${'STATE'.padEnd(stateColumns)}${'REGION'.padEnd(regionColumns)}LAST ACTIVE`;
  return [{ text: heads, tone: 'dim' }];
}

function projectLine(project: Project, isChosen: boolean, idColumns: number, nowMs: number): Line {
  const id = screenText(project.id);
  const shownId = id.length >= idColumns ? `${id.slice(0, Math.max(0, idColumns - 2))}… ` : id.padEnd(idColumns);
  return [
    isChosen ? { text: `> ${shownId}`, tone: 'inverse' } : { text: `  ${shownId}` },
    { text: project.state.padEnd(stateColumns), tone: stateColours[project.state] },
    { text: screenText(project.region).padEnd(regionColumns) },
    { text: relativeTime(project.last_active_at, nowMs) },
  ];
}
