import type { Queryable } from '../../src/sdk/database/database.js';
import type { OutwardCalls } from '../support/outward-calls.js';

interface Held {
  readonly name: string;
  readonly state: string;
  readonly marked: boolean;
  readonly unproven: boolean;
}

/**
 * G1 at the last moment at which anything could be done about it: before a deletion reaches Fly, the one-way mark is in
 * the row, and what the machine held is proven or was never more than a copy. Answers where findings will appear.
 */
export function watchDeletions(calls: OutwardCalls, db: Queryable): string[] {
  const findings: string[] = [];
  calls.intervene(async (path) => {
    const [, kind, id] = /\/(machines|volumes)\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
    if (kind === undefined || id === undefined) return undefined;
    const [row] = await db.query<Held>(
      `select m.name, m.state, m.state in ('retiring', 'retired') and ($1 = 'machines' or m.volume_deleting_at is not null) as marked,
              exists (
                select 1 from events served
                 where served.machine_id = m.id and served.what = 'activated' and m.volume_moved_to is null
                   and not exists (select 1 from events after
                                    where after.machine_id = m.id and after.id > served.id
                                      and after.what in ('archived', 'deleted', 'lost'))
              ) as unproven
         from machines m where case $1 when 'machines' then m.fly_id = $2 else m.volume_id = $2 end`,
      [kind, id],
    );
    if (row && !row.marked) findings.push(`G1: ${kind} of ${row.name} is being deleted while its row is ${row.state}`);
    if (row?.unproven) findings.push(`G1: ${kind} of ${row.name} is being deleted without a proven archive`);
    return undefined;
  });
  return findings;
}
