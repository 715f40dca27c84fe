import type { Queryable } from './database.js';

/** Holds: until then no sweep and no operator archives the project, also not one whose archiving has begun. */
export class HoldTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** From now on, instead of any hold before. False: there is no such project, or it was deleted. */
  async hold(id: string, forSecs: number, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with p as (
         update projects set hold_until = valet_now() + make_interval(secs => $2)
          where id = $1 and state <> 'deleted'
         returning id, epoch, machine_id, hold_until
       )
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'held', id, machine_id, epoch, $3,
              'until ' || to_char(hold_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from p
       returning id`,
      [id, forSecs, actor],
    );
    return rows.length === 1;
  }

  /** An event only where a hold has ended by this. */
  async release(id: string, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with before as (
         select id, coalesce(hold_until > valet_now(), false) as held from projects
          where id = $1 and state <> 'deleted'
            for update
       ), p as (
         update projects set hold_until = null from before where projects.id = before.id
         returning projects.id, projects.epoch, projects.machine_id, before.held
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor)
         select 'hold_ended', id, machine_id, epoch, $2 from p where held
       )
       select id from p`,
      [id, actor],
    );
    return rows.length === 1;
  }
}
