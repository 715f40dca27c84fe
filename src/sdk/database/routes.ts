import type { ProjectId } from '../projects/project-id.js';
import type { ProjectView, RouteSource } from '../routing/ports.js';
import type { Queryable } from './database.js';

interface RouteRow {
  readonly id: ProjectId;
  readonly state: ProjectView['state'];
  readonly epoch: number;
  readonly fly_id: string | null;
  readonly fly_app: string | null;
  readonly idle_secs: number;
}

/** Where requests go, and the trace that they leave. */
export class RouteTable implements RouteSource {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async read(id: ProjectId): Promise<ProjectView | undefined> {
    const [row] = await this.#db.query<RouteRow>(
      `select p.id, p.state, p.epoch, m.fly_id, m.fly_app,
              extract(epoch from valet_now() - p.last_active_at)::float8 as idle_secs
         from projects p left join machines m on m.id = p.machine_id and m.state = 'assigned'
        where p.id = $1`,
      [id],
    );
    if (!row) return undefined;
    const machine = row.fly_id !== null && row.fly_app !== null ? { flyId: row.fly_id, app: row.fly_app } : null;
    return { id: row.id, state: row.state, epoch: row.epoch, machine, idleSecs: row.idle_secs };
  }

  async touch(id: ProjectId, epoch: number): Promise<boolean> {
    const rows = await this.#db.query(
      `update projects set last_active_at = valet_now() where id = $1 and epoch = $2 and state = 'active' returning id`,
      [id, epoch],
    );
    return rows.length === 1;
  }

  /** Rows are locked in the order of their ids, so two instances flushing the same projects cannot deadlock. */
  async touchAll(touches: readonly { readonly id: ProjectId; readonly epoch: number }[]): Promise<void> {
    await this.#db.query(
      `with touched as (
         select p.id from projects p
           join unnest($1::text[], $2::bigint[]) as t(id, epoch) on t.id = p.id and t.epoch = p.epoch
          where p.state = 'active'
          order by p.id
          for update of p
       )
       update projects set last_active_at = valet_now() from touched where projects.id = touched.id`,
      [touches.map((touch) => touch.id), touches.map((touch) => touch.epoch)],
    );
  }

  /** Use that somebody reports, guarded by the state alone: while a project is being archived it is ignored. */
  async reportUse(id: string): Promise<boolean> {
    const rows = await this.#db.query(
      `update projects set last_active_at = valet_now() where id = $1 and state = 'active' returning id`,
      [id],
    );
    return rows.length === 1;
  }

  /** The name of the machine that serves a project: what its own secret is derived from. */
  async machineName(id: string): Promise<string | undefined> {
    const [row] = await this.#db.query<{ name: string }>(
      `select m.name from machines m where m.project_id = $1 and m.state = 'assigned'`,
      [id],
    );
    return row?.name;
  }
}
