import type { Queryable } from './database.js';

export interface Quantiles {
  readonly count: number;
  readonly p50_secs: number;
  readonly p95_secs: number;
}

export interface PoolUseRow {
  /** Projects that got a machine from the pool, and those for which one had to be made. */
  readonly claimed: number;
  readonly made: number;
  readonly claiming: Quantiles | null;
  readonly provisioning: Quantiles | null;
}

interface TakenRow {
  readonly claimed: number;
  readonly made: number;
  readonly p50_secs: number | null;
  readonly p95_secs: number | null;
}

interface ReadyRow {
  readonly count: number;
  readonly p50_secs: number | null;
  readonly p95_secs: number | null;
}

/** However busy it was: the newest so many events tell enough. */
const maxEvents = 10_000;

/** What the pool was good for lately, from what events tell. */
export class PoolUseTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async over(secs: number): Promise<PoolUseRow> {
    const taken = await this.#taken(secs);
    return {
      claimed: taken.claimed,
      made: taken.made,
      claiming: quantiles(taken.claimed, taken),
      provisioning: await this.#provisioning(secs),
    };
  }

  /** How each project that became active had come by its machine: by what was last said of that machine before. */
  async #taken(secs: number): Promise<TakenRow> {
    const [row] = await this.#db.query<TakenRow>(
      `with activated as (
         select id, at, machine_id from events
          where what = 'activated' and at > valet_now() - make_interval(secs => $1)
          order by at desc
          limit $2
       ), taken as (
         select before.what, extract(epoch from activated.at - before.at)::float8 as secs
           from activated
          cross join lateral (
            select e.what, e.at from events e
             where e.machine_id = activated.machine_id and e.id < activated.id
               and e.what in ('claimed', 'machine_made', 'activated')
             order by e.id desc
             limit 1
          ) as before
       )
       select count(*) filter (where what = 'claimed') as claimed,
              count(*) filter (where what = 'machine_made') as made,
              percentile_cont(0.5) within group (order by secs) filter (where what = 'claimed') as p50_secs,
              percentile_cont(0.95) within group (order by secs) filter (where what = 'claimed') as p95_secs
         from taken`,
      [secs, maxEvents],
    );
    return row ?? { claimed: 0, made: 0, p50_secs: null, p95_secs: null };
  }

  async #provisioning(secs: number): Promise<Quantiles | null> {
    const [row] = await this.#db.query<ReadyRow>(
      `with ready as (
         select at, machine_id from events
          where what = 'machine_ready' and at > valet_now() - make_interval(secs => $1)
          order by at desc
          limit $2
       ), made as (
         select extract(epoch from ready.at - m.created_at)::float8 as secs from ready join machines m on m.id = ready.machine_id
       )
       select count(*) as count,
              percentile_cont(0.5) within group (order by secs) as p50_secs,
              percentile_cont(0.95) within group (order by secs) as p95_secs
         from made`,
      [secs, maxEvents],
    );
    return row ? quantiles(row.count, row) : null;
  }
}

function quantiles(count: number, { p50_secs, p95_secs }: Pick<ReadyRow, 'p50_secs' | 'p95_secs'>): Quantiles | null {
  return p50_secs === null || p95_secs === null ? null : { count, p50_secs, p95_secs };
}
