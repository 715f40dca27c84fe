import type { RetiringRow } from '../database/retiring.js';

export type RetireStep =
  /** The row never learned its machine's id: look for it by name. */
  | 'find_machine'
  /** It may serve somebody whom its row does not know. */
  | 'ask_machine'
  | 'delete_machine'
  /** Its volume is another row's. */
  | 'finish'
  | 'find_volume'
  /** Its keep time has not passed: it may still be moved back. */
  | 'keep_volume'
  | 'delete_volume';

type Seen = Pick<
  RetiringRow,
  'fly_id' | 'volume_id' | 'machine_gone' | 'to_be_asked' | 'has_volume' | 'keep_volume_secs' | 'volume_deleting'
>;

/** The next step on the way back to Fly: the machine first, since a volume cannot go while it is bound. */
export function retireStep(row: Seen): RetireStep {
  if (!row.machine_gone && row.fly_id === null) return 'find_machine';
  if (!row.machine_gone) return row.to_be_asked ? 'ask_machine' : 'delete_machine';
  if (!row.has_volume) return 'finish';
  if (row.keep_volume_secs > 0 && !row.volume_deleting) return 'keep_volume';
  return row.volume_id === null ? 'find_volume' : 'delete_volume';
}

/** Only these take something away for good, so only these ask the fuse. */
export function isDestructive(step: RetireStep): boolean {
  return step === 'delete_machine' || step === 'delete_volume';
}

const unaskableAfterSecs = 5 * 60;
const unaskableAfterTries = 6;

/** A machine that is broken cannot say whom it serves, and must still go: after some tries, not all in one bad moment. */
export function isUnaskable(row: Pick<RetiringRow, 'retiring_secs' | 'attempts'>): boolean {
  return row.retiring_secs >= unaskableAfterSecs && row.attempts >= unaskableAfterTries;
}

const believedAfterSecs = 5 * 60;
/** With the growing pauses between them, about a minute. */
const believedAfterLooks = 6;

/** Just after a create Fly may answer 404 for a machine that is there (G10). */
export function oldEnoughToBelieve(row: Pick<RetiringRow, 'age_secs'>): boolean {
  return row.age_secs >= believedAfterSecs;
}

/**
 * What was asked for but never answered may appear late, and a list may be empty by mistake: that nothing of a name is
 * listed takes age and several looks to believe.
 */
export function provenAbsent(row: Pick<RetiringRow, 'age_secs' | 'attempts'>): boolean {
  return oldEnoughToBelieve(row) && row.attempts >= believedAfterLooks;
}

const firstSecs = 1;
const maxSecs = 60;

/** 1 s, doubling, up to a minute: a machine just destroyed keeps its volume bound for up to three. */
export function retireBackoffSecs(attempts: number): number {
  return Math.min(maxSecs, firstSecs * 2 ** Math.min(attempts, 10));
}
