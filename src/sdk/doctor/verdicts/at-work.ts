import type { AtWork } from '../../database/health-rows.js';
import { locks as lockNumbers } from '../../upkeep/lock-numbers.js';
import { ok, type Verdict, warning } from '../finding.js';

/** Locks are held only while a task runs, so it is the sessions that listen which show who is there. */
export function judgeAtWork({ locks, listeners }: AtWork): Verdict {
  const held = locks.length === 0 ? 'no task runs right now' : locks.map(shown).join(', ');
  if (listeners === 0) {
    return warning(
      `No valet serve is at work on this database; ${held}.`,
      'Start "valet serve": without it nothing is routed, put to sleep or tidied up.',
    );
  }
  return ok(`${listeners} valet serve ${listeners === 1 ? 'is' : 'are'} at work; ${held}.`);
}

function shown({ lock, application, address }: AtWork['locks'][number]): string {
  const name = Object.entries(lockNumbers).find(([, number]) => number === lock)?.[0] ?? 'unknown';
  const holder = [application, address].filter((text) => text !== null && text !== '').join(' at ');
  return `${name} (lock ${lock}) is held${holder === '' ? '' : ` by ${holder}`}`;
}
