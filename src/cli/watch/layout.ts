import type { Overview } from '../../sdk/resources.js';
import { formatDuration } from '../text/duration.js';
import { fitted, type Line, line, type Size, type Span, screenText, tall } from './lines.js';
import type { WatchState } from './model.js';
import { overviewView } from './overview-view.js';
import { projectView } from './project-view.js';
import { projectsView } from './projects-view.js';

const least: Size = { columns: 60, rows: 16 };
/** A poll that is answered later than this is worth a word. */
const lateSecs = 8;

/** What stands between the line above all and the keys. */
export function bodySize({ columns, rows }: Size): Size {
  return { columns, rows: rows - 2 };
}

/** The whole screen: as many lines as it has, none of them wider than it is. */
export function layout(state: WatchState): readonly Line[] {
  const { size } = state;
  if (size.columns < least.columns || size.rows < least.rows) return tooSmall(size);
  const body = bodySize(size);
  const lines = [headerLine(state), ...bodyLines(state, body), [{ text: keysOf(state), tone: 'dim' } as const]];
  return lines.map((each) => fitted(each, size.columns));
}

/** One picture, for where nobody presses keys. */
export function picture(overview: Overview, { columns, rows }: Size): readonly Line[] {
  return [whereLine(overview), ...overviewView(overview, { columns, rows: rows - 1 })].map((each) =>
    fitted(each, columns),
  );
}

function tooSmall(size: Size): readonly Line[] {
  const words = [
    `This terminal is ${size.columns} × ${size.rows};`,
    `${least.columns} × ${least.rows} is needed.`,
    'q ends.',
  ];
  return tall(
    words.map((text) => fitted(line(text), size.columns)),
    size.rows,
  );
}

function bodyLines(state: WatchState, body: Size): readonly Line[] {
  if (state.helping)
    return tall(
      help.map((text) => line(text)),
      body.rows,
    );
  if (state.view === 'projects') return projectsView(state, body);
  if (state.view === 'project') return projectView(state, body);
  return overviewView(state.overview, body);
}

function headerLine(state: WatchState): Line {
  const { overview, overviewAtMs, nowMs, pollFault } = state;
  const ageSecs = Math.max(0, (nowMs - overviewAtMs) / 1000);
  const since = `STALE since ${overview.at.slice(11, 19)} UTC, ${formatDuration(ageSecs)} ago: `;
  if (pollFault !== null) {
    return [{ text: screenText(`${since}${pollFault.code}: ${pollFault.message}`), tone: 'red' }];
  }
  if (ageSecs > lateSecs) return [{ text: `${since}no answer yet`, tone: 'yellow' }];
  return whereLine(overview);
}

function whereLine({ environment, server, at }: Overview): Line {
  const name: Span = { text: screenText(`Valet ${environment}`), tone: 'bold' };
  const time = ` at ${at.slice(11, 19)} UTC`;
  if (server === null) return [name, { text: `${time}, asked directly` }];
  const { instance, version, uptime_secs, stopping, degraded, listening } = server;
  const trouble = [
    ...(stopping ? ['stopping'] : []),
    ...(degraded ? ['degraded'] : []),
    ...(listening ? [] : ['deaf']),
  ];
  return [
    name,
    { text: screenText(`${time}, told by ${instance} (${version}, up ${formatDuration(uptime_secs)})`) },
    ...trouble.map((word): Span => ({ text: ` ${word}`, tone: 'red' })),
  ];
}

function keysOf({ view, typing, helping }: WatchState): string {
  if (typing) return 'type the beginning of an id   Enter keeps it   Esc clears it';
  if (helping) return 'any key goes back   q ends';
  if (view === 'overview') return 'p projects   / by id   s by state   ? help   q end';
  if (view === 'projects') return '↑↓ choose  Enter open  / by id  s by state  Esc back  q end';
  return '↑↓ scroll   Esc back   ? help   q end';
}

const help = [
  'p, Enter, ↓   from the overview to the projects',
  '/             filter them by the beginning of their id; Esc clears it',
  's             filter them by the next state, after the last by none',
  '↑ ↓, k j      choose a project, or scroll in an open one',
  'PgUp PgDn     a page at a time',
  'Enter         open the chosen project',
  'Esc           back; in the list, first out of its filter',
  'q, Ctrl-C     end',
  '',
  'wakes: warm is onto a machine from the pool, cold onto one made for it,',
  '  undo and rebuild onto the volume that the project had before',
  'loops: as they go on the instance that answers; who holds one is at it now',
  'fuse: blown while something of ours is not accounted for, and nothing is',
  '  destroyed until "valet orphans list" is empty or answered',
];
