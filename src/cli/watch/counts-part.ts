import { type Overview, projectStateSchema } from '../../sdk/resources.js';
import { formatDuration } from '../text/duration.js';
import { stateColours } from '../views/state-colours.js';
import { type Line, line } from './lines.js';

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
      { text: bar.padEnd(room), tone: stateColours[state] },
      { text: String(count).padStart(numberColumns) },
    ];
  });
  return [[{ text: 'PROJECTS', tone: 'bold' }, { text: ` ${all}${age}` }], ...rows];
}
