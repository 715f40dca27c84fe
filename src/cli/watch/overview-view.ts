import type { Overview } from '../../sdk/resources.js';
import { countsPart } from './counts-part.js';
import { eventsPart } from './events-part.js';
import { beside, halves, type Line, type Size, tall } from './lines.js';
import { loopsPart } from './loops-part.js';
import { poolPart } from './pool-part.js';
import { wakesPart } from './wakes-part.js';

/** A title and the eight states. */
const countRows = 9;
/** A title and the seven background tasks. */
const loopRows = 8;

/** Everything at a glance, exactly so large. */
export function overviewView(overview: Overview, { columns, rows }: Size): readonly Line[] {
  const rest = rows - countRows;
  const middle = middleRows(rest);
  const [left] = halves(columns);
  return [
    ...beside(countsPart(overview, left), poolPart(overview, countRows), { columns, rows: countRows }),
    ...beside(wakesPart(overview, left), loopsPart(overview), { columns, rows: middle }),
    ...tall(eventsPart(overview.events, overview.at), rest - middle),
  ];
}

/** All loops, if some events have room below them; more wakes on a higher screen. */
function middleRows(rest: number): number {
  if (rest < loopRows + 4) return Math.ceil(rest * 0.6);
  return Math.max(loopRows, Math.floor(rest / 2));
}
