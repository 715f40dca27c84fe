import type { Overview, Wake } from '../../sdk/resources.js';
import { relativeTime } from '../text/duration.js';
import { fitted, type Line, line, type Span } from './lines.js';

const howColumns = 8;
const tookColumns = 7;
const whenColumns = 10;
/** Where an id would have less than this, how the machine was come by is left out. */
const leastIdColumns = 8;

/** The last wakes: whose, onto what, how long it took, and when or with what end. */
export function wakesPart({ wakes, at }: Overview, columns: number): readonly Line[] {
  if (wakes.length === 0) return [line('WAKES', 'bold'), line('none yet', 'dim')];
  const nowMs = Date.parse(at);
  return [line('WAKES', 'bold'), ...wakes.map((wake) => wakeLine(wake, columns, nowMs))];
}

function wakeLine(wake: Wake, columns: number, nowMs: number): Line {
  const room = columns - tookColumns - whenColumns - 1;
  const showsHow = room - howColumns >= leastIdColumns;
  const id: Line = fitted(line(wake.project_id), showsHow ? room - howColumns : room);
  return [
    ...id,
    { text: ' ' },
    ...(showsHow ? [{ text: (wake.how ?? '-').padEnd(howColumns) }] : []),
    { text: tookText(wake.took_secs).padEnd(tookColumns) },
    endOf(wake, nowMs),
  ];
}

/** "1.2 s", "75 s", "12 min" */
function tookText(secs: number): string {
  if (secs < 10) return `${secs.toFixed(1)} s`;
  return secs < 100 ? `${Math.round(secs)} s` : `${Math.round(secs / 60)} min`;
}

function endOf({ outcome, begun_at, took_secs }: Wake, nowMs: number): Span {
  if (outcome === 'under_way') return { text: 'waking', tone: 'yellow' };
  if (outcome === 'put_back') return { text: 'failed', tone: 'red' };
  if (outcome === 'deleted') return { text: 'deleted', tone: 'dim' };
  const ended = new Date(Date.parse(begun_at) + took_secs * 1000).toISOString();
  return { text: relativeTime(ended, nowMs), tone: 'green' };
}
