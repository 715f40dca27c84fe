import type { Explanation } from '../sdk/resources.js';
import { relativeTime } from './duration.js';
import { plain } from './plain.js';

/** The answer, what it rests on, and what comes next. */
export function explanationText({ summary, reasons, next, archived_at_earliest }: Explanation): string {
  const when =
    archived_at_earliest === null
      ? []
      : [`Archived at the earliest ${relativeTime(archived_at_earliest)} (${archived_at_earliest}).`];
  const because = reasons.map((reason) => `- ${plain(reason)}`);
  return [plain(summary), ...because, `Next: ${plain(next)}`, ...when].join('\n');
}
