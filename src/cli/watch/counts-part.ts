import { type Overview, projectStateSchema, type ShownProjectState } from '../../sdk/resources.js';
import { formatDuration } from '../text/duration.js';
import { type Line, line, type Tone } from './lines.js';

export const toneOfState: Readonly<Record<ShownProjectState, Tone>> = {
  creating: 'yellow',
  active: 'green',
  suspended: 'green',
  archiving: 'yellow',
  dormant: 'dim',
  waking: 'yellow',
  lost: 'red',
  deleted: 'dim',
};

const nameColumns = 11;
const numberColumns = 8;
/** A count older than this says how old it is. */
const freshSecs = 5;

/** Projects by state, each with a bar against the largest. */
export function countsPart({ projects, at }: Overview, columns: number): readonly Line[] {
  if (projects === null) return [line('PROJECTS', 'bold'), line('too many to be counted in time', 'yellow')];
  const { by_state, counted_at } = projects;
  const all = projectStateSchema.options.reduce((sum, state) => sum + (state === 'deleted' ? 0 : by_state[state]), 0);
  const ageSecs = (Date.parse(at) - Date.parse(counted_at)) / 1000;
  const age = ageSecs > freshSecs ? `, counted ${formatDuration(ageSecs)} ago` : '';
  const most = Math.max(1, ...Object.values(by_state));
  const room = Math.max(0, columns - nameColumns - numberColumns - 1);
  const rows = projectStateSchema.options.map((state): Line => {
    const count = by_state[state];
    const bar = '█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * room)));
    return [
      { text: state.padEnd(nameColumns) },
      { text: bar.padEnd(room), tone: toneOfState[state] },
      { text: String(count).padStart(numberColumns) },
    ];
  });
  return [[{ text: 'PROJECTS', tone: 'bold' }, { text: ` ${all}${age}` }], ...rows];
}
