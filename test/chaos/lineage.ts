import type { Queryable } from '../../src/sdk/database/database.js';

/** What happened to a project's data, as its events tell it. */
export interface Turn {
  readonly id: number;
  readonly what: string;
  readonly archive_id: string | null;
}

/** A write that was acknowledged: after which turn it was begun, and after which it was answered. */
export interface Write {
  readonly key: string;
  readonly begunAfter: number;
  readonly answeredAfter: number;
}

/** Everything that replaces a project's data, or decides what it is replaced with. */
export function turnsOf(db: Queryable, project: string): Promise<Turn[]> {
  return db.query<Turn>(
    `select id, what, substring(why from 'archive ([^ ]+)') as archive_id from events
      where project_id = $1
        and what in ('archived', 'archive_chosen', 'wake_begun', 'undo_begun', 'rebuild_begun', 'activated', 'lost')
      order by id`,
    [project],
  );
}

/**
 * The keys that must be there: all of them, unless an operator has gone back to an earlier archive. Then those that
 * were written before that archive, and those written since; which side a write is on that lasted from before a turn to
 * after it, nobody can say.
 */
export function required(turns: readonly Turn[], writes: readonly Write[]): Set<string> {
  if (!turns.some(({ what }) => what === 'archive_chosen')) return new Set(writes.map(({ key }) => key));
  const certain = writes.filter(({ begunAfter, answeredAfter }) => begunAfter === answeredAfter);
  const archives = new Map<string, ReadonlySet<string>>();
  let live: ReadonlySet<string> = keysAfter(certain, 0);
  let onVolume = live;
  let current = live;
  let begun = '';
  for (const { id, what, archive_id } of turns) {
    switch (what) {
      case 'archived':
        onVolume = live;
        current = live;
        archives.set(archive_id ?? '', live);
        break;
      case 'archive_chosen':
        current = archives.get(archive_id ?? '') ?? new Set();
        break;
      case 'activated':
        if (begun === 'wake_begun') live = current;
        if (begun === 'undo_begun') live = onVolume;
        break;
      default:
        begun = what;
    }
    live = live.union(keysAfter(certain, id));
  }
  return new Set(live);
}

function keysAfter(writes: readonly Write[], turn: number): Set<string> {
  return new Set(writes.filter(({ answeredAfter }) => answeredAfter === turn).map(({ key }) => key));
}
