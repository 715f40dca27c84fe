import type { ProjectFacts } from '../../database/explaining.js';
import { at, because, relative, span, type Told } from './told.js';

/** When a sweep may archive it if nobody uses it: once it is idle for long enough, not held, and no failure puts it off. */
export function sweepableAt(facts: ProjectFacts, thresholdSecs: number): Date {
  const idleAt = facts.last_active_at.getTime() + (facts.own_threshold_secs ?? thresholdSecs) * 1000;
  const others = [facts.hold_until, facts.archive_retry_at].map((moment) => moment?.getTime() ?? 0);
  return new Date(Math.max(idleAt, ...others));
}

export function explainActive(facts: ProjectFacts, thresholdSecs: number): Told {
  const { now, last_active_at } = facts;
  const used = `last used ${relative(last_active_at, now)}`;
  const sleeps = facts.fly_state === 'suspended';
  return {
    summary: sleeps ? `Its machine is suspended until the next request; it was ${used}.` : `It is awake: ${used}.`,
    reasons: reasons(facts, thresholdSecs),
    next: nextOf(facts, thresholdSecs),
  };
}

function reasons(facts: ProjectFacts, thresholdSecs: number): string[] {
  const { now, hold_until, archive_retry_at, own_threshold_secs } = facts;
  const told: string[] = [];
  if (hold_until && hold_until > now) told.push(`An operator holds it until ${at(hold_until)}.`);
  if (archive_retry_at && archive_retry_at > now) {
    const times = facts.archive_failures === 1 ? 'once' : `${facts.archive_failures} times in a row`;
    told.push(
      because(
        `Archiving it failed ${times}, and is not tried again before ${at(archive_retry_at)}`,
        facts.archive_failure,
      ),
    );
  }
  const threshold = own_threshold_secs ?? thresholdSecs;
  const whose = own_threshold_secs === null ? '' : ', by a threshold of its own';
  told.push(
    `It was last used at ${at(facts.last_active_at)}; it is archived after ${span(threshold)} without use${whose}.`,
  );
  if (facts.fly_state !== null) told.push(`Fly last reported its machine as ${facts.fly_state}.`);
  return told;
}

function nextOf(facts: ProjectFacts, thresholdSecs: number): string {
  const earliest = sweepableAt(facts, thresholdSecs);
  if (earliest > facts.now) return `If nobody uses it, a sweep may archive it from ${at(earliest)} on.`;
  return 'The next sweep may archive it, unless its machine is busy or somebody uses it before.';
}
