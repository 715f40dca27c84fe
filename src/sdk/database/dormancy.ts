import type { Queryable } from './database.js';
import { type ProjectRow, projectColumns } from './projects.js';

export interface IdleProject extends ProjectRow {
  readonly idle_secs: number;
  /** Seconds until archiving may be tried again after a failure; null or at most 0 means now. */
  readonly archive_retry_secs: number | null;
}

export interface IdleScope {
  readonly olderThanSecs: number;
  /** Whether that counts instead of a project's own threshold. */
  readonly overridesOwn: boolean;
}

/** Rows in memory at a time, however many projects are idle. */
const batchRows = 100;

/** What the sweep looks at. */
export class DormancyTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /**
   * Active projects unused for longer than their own threshold or the given one, the longest unused first, in batches.
   * All are judged by one time, that of the first read: a sweep that takes an hour does not find more and more of them.
   * The next batch is read when it is asked for.
   */
  async *idle(scope: IdleScope): AsyncGenerator<readonly IdleProject[], void, undefined> {
    const [clock] = await this.#db.query<{ as_of: string }>(`select valet_now()::text as as_of`);
    if (!clock) return;
    let last: IdleProject | undefined;
    do {
      const batch = await this.#batch(clock.as_of, scope, last);
      if (batch.length > 0) yield batch;
      last = batch.length === batchRows ? batch.at(-1) : undefined;
    } while (last);
  }

  #batch(asOf: string, scope: IdleScope, after: IdleProject | undefined): Promise<IdleProject[]> {
    return this.#db.query<IdleProject>(
      `select ${projectColumns},
              coalesce(p.hold_until > $1::timestamptz, false) as held,
              extract(epoch from $1::timestamptz - p.last_active_at)::float8 as idle_secs,
              extract(epoch from p.archive_retry_at - $1::timestamptz)::float8 as archive_retry_secs
         from projects p
        where p.state = 'active'
          and p.last_active_at <= $1::timestamptz - case when $3 or p.dormancy_threshold is null
                                                         then make_interval(secs => $2) else p.dormancy_threshold end
          and ($4::timestamptz is null or (p.last_active_at, p.id) > ($4::timestamptz, $5))
        order by p.last_active_at, p.id
        limit $6`,
      [asOf, scope.olderThanSecs, scope.overridesOwn, after?.last_active_token ?? null, after?.id ?? '', batchRows],
    );
  }
}
