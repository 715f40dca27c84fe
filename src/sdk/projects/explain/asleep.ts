import type { ProjectFacts } from '../../database/explaining.js';
import { at, because, relative, type Told } from './told.js';

export function explainAsleep(facts: ProjectFacts): Told {
  const { now, archived_at, wake_retry_at } = facts;
  const backsOff = wake_retry_at !== null && wake_retry_at > now;
  const since = archived_at === null ? '' : `: it was archived ${relative(archived_at, now)}`;
  return {
    summary: backsOff
      ? `It is asleep and could not be woken; it is tried again ${relative(wake_retry_at, now)} at the earliest.`
      : `It is asleep${since}.`,
    reasons: [...failures(facts), ...sources(facts)],
    next: backsOff
      ? `Requests are refused until ${at(wake_retry_at)}. An operator may wake it at once, or restore an earlier archive.`
      : 'The next request wakes it, and waits for it.',
  };
}

export function explainLost(facts: ProjectFacts): Told {
  const { newest_archive_id, newest_archive_at } = facts;
  const summary = 'It is lost: Fly has neither its machine nor its volume any more.';
  const last = `It was last used at ${at(facts.last_active_at)}.`;
  if (newest_archive_id === null || newest_archive_at === null) {
    return { summary, reasons: [last, 'It has no archive.'], next: 'There is nothing that it could be restored from.' };
  }
  return {
    summary,
    reasons: [
      ...failures(facts),
      last,
      `Its newest archive, ${newest_archive_id}, is of ${at(newest_archive_at)}: what was written later is lost.`,
    ],
    next: `An operator may restore it from archive ${newest_archive_id}; by itself nothing happens.`,
  };
}

function failures(facts: ProjectFacts): string[] {
  if (facts.wake_failures === 0) return [];
  const times = facts.wake_failures === 1 ? 'once' : `${facts.wake_failures} times in a row`;
  return [because(`Waking it failed ${times}`, facts.wake_failure)];
}

function sources({ archived_at, current_archive_id, archives, volume_kept_until }: ProjectFacts): string[] {
  const told: string[] = [];
  if (archived_at !== null) {
    told.push(`It wakes from archive ${current_archive_id}, proven at ${at(archived_at)}; archives kept: ${archives}.`);
  }
  if (volume_kept_until !== null) {
    told.push(
      `The volume that it last ran on is kept until ${at(volume_kept_until)}: until then archiving it can be undone.`,
    );
  }
  return told;
}
