import type { ProjectState } from '../lifecycle/states.js';
import type { Queryable } from './database.js';

/** All that an explanation rests on, at one moment of the database's clock. */
export interface ProjectFacts {
  readonly id: string;
  readonly state: ProjectState;
  /** The moment. */
  readonly now: Date;
  readonly last_active_at: Date;
  readonly created_at: Date;
  readonly deleted_at: Date | null;
  readonly hold_until: Date | null;
  /** Its own, instead of the installation's; null without one. */
  readonly own_threshold_secs: number | null;
  readonly transition_owner: string | null;
  readonly transition_began_at: Date | null;
  readonly transition_deadline: Date | null;
  readonly wake_requested: boolean;
  readonly wake_failures: number;
  readonly wake_retry_at: Date | null;
  readonly wake_failure: string | null;
  readonly archive_failures: number;
  readonly archive_retry_at: Date | null;
  readonly archive_failure: string | null;
  /** What Fly last reported of its machine. */
  readonly fly_state: string | null;
  readonly current_archive_id: string | null;
  /** When its current archive was proven. */
  readonly archived_at: Date | null;
  /** The newest archive that it could be restored from; with how many there are. */
  readonly newest_archive_id: string | null;
  readonly newest_archive_at: Date | null;
  readonly archives: number;
  /** Until when the volume of its last archived machine is kept; null when it is going or gone. */
  readonly volume_kept_until: Date | null;
}

/** What a project's explanation needs, read at once. */
export class ExplainingTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async facts(id: string): Promise<ProjectFacts | undefined> {
    const rows = await this.#db.query<ProjectFacts>(
      `select p.id, p.state, valet_now() as now, p.last_active_at, p.created_at, p.deleted_at, p.hold_until,
              extract(epoch from p.dormancy_threshold)::float8 as own_threshold_secs,
              p.transition_owner, p.transition_began_at, p.transition_deadline,
              p.wake_requested_at is not null as wake_requested,
              p.wake_failures, p.wake_retry_at, woken.why as wake_failure,
              p.archive_failures, p.archive_retry_at, archived.why as archive_failure,
              m.fly_state, p.current_archive_id, a.proven_at as archived_at,
              newest.id as newest_archive_id, newest.proven_at as newest_archive_at, coalesce(newest.archives, 0) as archives,
              kept.keep_volume_until as volume_kept_until
         from projects p
         left join machines m on m.id = p.machine_id
         left join archives a on a.id = p.current_archive_id
         left join lateral (
           select e.why from events e
            where e.project_id = p.id and e.what = 'wake_put_back' order by e.id desc limit 1
         ) woken on p.wake_failures > 0
         left join lateral (
           select e.why from events e
            where e.project_id = p.id and e.what = 'archive_cancelled' order by e.id desc limit 1
         ) archived on p.archive_failures > 0
         left join lateral (
           select n.id, n.proven_at, count(*) over () as archives from archives n
            where n.project_id = p.id and n.proven_at is not null and n.deleting_at is null
            order by n.epoch desc limit 1
         ) newest on true
         left join lateral (
           select k.keep_volume_until from machines k
            where k.project_id = p.id and k.state = 'retiring' and k.volume_id is not null
              and k.volume_deleting_at is null and k.keep_volume_until > valet_now()
            order by k.retiring_at desc limit 1
         ) kept on true
        where p.id = $1`,
      [id],
    );
    return rows[0];
  }
}
