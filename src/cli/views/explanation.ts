import type { Explanation } from '../../sdk/resources.js';
import type { Output } from '../environment.js';
import { relativeTime } from '../text/duration.js';
import { prose } from '../text/prose.js';

/** The answer, what it rests on, and what comes next. */
export function explanationText(
  { summary, reasons, next, archived_at_earliest }: Explanation,
  output: Pick<Output, 'columns'>,
): string {
  const when =
    archived_at_earliest === null
      ? []
      : [`Archived at the earliest ${relativeTime(archived_at_earliest)} (${archived_at_earliest}).`];
  return prose([summary, ...reasons.map((reason) => `- ${reason}`), `Next: ${next}`, ...when], output);
}
