import type { ProjectCounts, WakeHow } from '../resources.js';
import { locks as lockNumbers } from '../upkeep/lock-numbers.js';
import type { Database } from './database.js';
import { lockSessions } from './locks.js';

type ByState = ProjectCounts['by_state'];

export interface CountsRow {
  readonly counted_at: Date;
  readonly by_state: ByState;
}

export interface WakeRow {
  readonly project_id: string;
  readonly begun_at: Date;
  readonly how: WakeHow | null;
  readonly outcome: 'under_way' | 'active' | 'put_back' | 'deleted';
  readonly took_secs: number;
  readonly why: string | null;
}

export interface LockRow {
  readonly lock: number;
  readonly holder: string | null;
}

const none: ByState = {
  creating: 0,
  active: 0,
  suspended: 0,
  archiving: 0,
  dormant: 0,
  waking: 0,
  lost: 0,
  deleted: 0,
};

/** What is seen of the whole at a glance. */
export class OverviewTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The database's clock. */
  async moment(): Promise<Date> {
    const [row] = await this.#db.query<{ now: Date }>('select valet_now() as now');
    return row?.now ?? new Date(0);
  }

  /**
   * By shown state, from indexes alone. Grows with the number of projects, so PostgreSQL itself stops it at the limit.
   *
   * @throws ValetError `database_unavailable`, also when it takes too long
   */
  async count(limitMs: number): Promise<CountsRow> {
    return this.#db.transaction(async (transaction) => {
      await transaction.query(`select set_config('statement_timeout', $1, true)`, [String(limitMs)]);
      const [row] = await transaction.query<{ now: Date; counts: Partial<ByState>; asleep: number }>(
        `select valet_now() as now,
                (select coalesce(jsonb_object_agg(state, projects), '{}')
                   from (select state, count(*) as projects from projects group by state) as each) as counts,
                -- Whoever is in between has a deadline: few, whatever the number of projects.
                (select count(*) from machines where state = 'assigned' and fly_state = 'suspended')
                - (select count(*) from projects p join machines m on m.project_id = p.id
                    where p.transition_deadline is not null and m.state = 'assigned' and m.fly_state = 'suspended') as asleep`,
      );
      const { now = new Date(0), counts = {}, asleep = 0 } = row ?? {};
      const active = (counts.active ?? 0) - asleep;
      return { counted_at: now, by_state: { ...none, ...counts, active, suspended: asleep } };
    });
  }

  /** The newest first: how each came by its machine, and how it ended. */
  async wakes(limit: number): Promise<WakeRow[]> {
    return this.#db.query<WakeRow>(
      `with begun as (
         select b.id, b.at, b.what, b.project_id
           from unnest(array['wake_begun', 'undo_begun', 'rebuild_begun']) as kind
          cross join lateral (
            select e.id, e.at, e.what, e.project_id from events e where e.what = kind order by e.at desc limit $1
          ) as b
          order by b.id desc
          limit $1
       )
       select b.project_id, b.at as begun_at,
              case when b.what = 'undo_begun' then 'undo' when b.what = 'rebuild_begun' then 'rebuild'
                   when got.what = 'claimed' then 'warm' when got.what = 'machine_made' then 'cold' end as how,
              case when ended.what is null then 'under_way' when ended.what = 'activated' then 'active'
                   when ended.what = 'deleted' then 'deleted' else 'put_back' end as outcome,
              extract(epoch from coalesce(ended.at, valet_now()) - b.at)::float8 as took_secs,
              case when ended.what in ('wake_put_back', 'rebuild_put_back') then ended.why end as why
         from begun b
         left join lateral (
           select e.id, e.at, e.what, e.why from events e
            where e.project_id = b.project_id and e.id > b.id
              and e.what in ('activated', 'wake_put_back', 'rebuild_put_back', 'deleted')
            order by e.id limit 1
         ) as ended on true
         left join lateral (
           select e.what from events e
            where e.project_id = b.project_id and e.id > b.id and (ended.id is null or e.id < ended.id)
              and e.what in ('claimed', 'machine_made')
            order by e.id desc limit 1
         ) as got on true
        order by b.id desc`,
      [limit],
    );
  }

  /** Held in this database now, and by which instance. An advisory lock of one number has it in `objid`. */
  async locks(): Promise<LockRow[]> {
    return this.#db.query<LockRow>(
      `select l.objid::int as lock, nullif(split_part(a.application_name, $2 || '@', 2), '') as holder
         from pg_locks l left join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objsubid = 1 and l.objid = any($1::oid[])
          and l.database = (select oid from pg_database where datname = current_database())
        order by l.objid`,
      [Object.values(lockNumbers), lockSessions],
    );
  }
}
