import type { HeldLock, LoopStatus, Overview } from '../../sdk/resources.js';
import { locks as lockNumbers } from '../../sdk/upkeep/lock-numbers.js';
import { formatDuration } from '../text/duration.js';
import { type Line, type Span, screenText } from './lines.js';

const nameColumns = 11;

/** The background tasks: who is at one now, else how it goes on the instance that answers. */
export function loopsPart({ server, locks }: Overview): readonly Line[] {
  const holders = new Map(locks.map((lock) => [lock.name, lock]));
  if (server === null) {
    const rows = Object.keys(lockNumbers).map((name) => loopLine(name, heldText(holders.get(name))));
    return [titleOf('LOCKS', '(only valet serve tells loops)'), ...rows];
  }
  const rows = server.loops.map((loop) => loopLine(loop.name, heldText(holders.get(loop.name)) ?? loopText(loop)));
  return [titleOf('LOOPS', `of ${server.instance}`), ...rows];
}

function titleOf(title: string, of: string): Line {
  return [
    { text: title, tone: 'bold' },
    { text: screenText(` ${of}`), tone: 'dim' },
  ];
}

function loopLine(name: string, said: Span = { text: '-', tone: 'dim' }): Line {
  return [{ text: screenText(name).padEnd(nameColumns) }, said];
}

function heldText(lock: HeldLock | undefined): Span | undefined {
  if (lock === undefined) return undefined;
  return { text: screenText(`held by ${lock.holder ?? 'a nameless session'}`), tone: 'green' };
}

function loopText({ stuck, running_secs, last_run, next_in_secs, runs }: LoopStatus): Span {
  const next = next_in_secs === null ? '' : `, next ${formatDuration(next_in_secs)}`;
  if (stuck) return { text: 'stuck: neither ends nor heeds its abort', tone: 'red' };
  if (running_secs !== null) return { text: `runs for ${formatDuration(running_secs)}`, tone: 'green' };
  if (last_run === null) return { text: `${runs.skipped > 0 ? 'elsewhere' : 'not yet'}${next}`, tone: 'dim' };
  const text = `${last_run.outcome} ${formatDuration(last_run.ended_secs_ago)} ago${next}`;
  return last_run.outcome === 'failed' ? { text, tone: 'red' } : { text };
}
