import type { Queryable } from './database.js';
import { type ProjectRow, projectColumns } from './projects.js';

export interface IdleProject extends ProjectRow {
  readonly idle_secs: number;
  /** Seconds until archiving may be tried again after a failure; null or at most 0 means now. */
  readonly archive_retry_secs: number | null;
}

/** What the sweep looks at. */
export class DormancyTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /**
   * Active projects unused for longer than their own threshold or the given one: first those that may be archived now,
   * so that held ones or those that back off hide nobody, and of these the longest unused first.
   */
  async idle(olderThanSecs: number, overrideOwn: boolean, limit: number): Promise<IdleProject[]> {
    return this.#db.query<IdleProject>(
      `select ${projectColumns},
              extract(epoch from valet_now() - p.last_active_at)::float8 as idle_secs,
              extract(epoch from p.archive_retry_at - valet_now())::float8 as archive_retry_secs
         from projects p
        where p.state = 'active'
          and p.last_active_at <= valet_now() - case when $2 or p.dormancy_threshold is null
                                                    then make_interval(secs => $1) else p.dormancy_threshold end
        order by coalesce(p.hold_until > valet_now(), false) or coalesce(p.archive_retry_at > valet_now(), false),
                 p.last_active_at
        limit $3`,
      [olderThanSecs, overrideOwn, limit],
    );
  }
}
