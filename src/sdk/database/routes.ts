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

// Lists of ids travel as one text with commas, which no id contains: cheaper to make than an array's literal. Rows are
// looked for by `= any(…)`: for a join with the list PostgreSQL would read the whole table, every time.

/** A connection that does not answer is given up, so that it takes no place from the next read. */
const readTimeoutMs = 2_000;

/** Where requests go, and the trace that they leave. */
export class RouteTable implements RouteSource {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** One statement, whatever their number; the caller bounds it. */
  async readAll(ids: readonly ProjectId[]): Promise<readonly ProjectView[]> {
    const rows = await this.#db.query<RouteRow>(
      `select p.id, p.state, p.epoch, m.fly_id, m.fly_app,
              extract(epoch from valet_now() - p.last_active_at)::float8 as idle_secs
         from projects p left join machines m on m.id = p.machine_id and m.state = 'assigned'
        where p.id = any(string_to_array($1, ','))`,
      [ids.join()],
      { timeoutMs: readTimeoutMs, name: 'read_routes' },
    );
    return rows.map(viewOf);
  }

  async moved(known: readonly { readonly id: ProjectId; readonly epoch: number }[]): Promise<readonly ProjectId[]> {
    const rows = await this.#db.query<{ id: ProjectId }>(
      `with found as materialized (
         select id, epoch from projects where id = any(string_to_array($1, ',')) and state = 'active'
       )
       select known.id
         from unnest(string_to_array($1, ','), string_to_array($2, ',')::bigint[]) as known(id, epoch)
         left join found on found.id = known.id and found.epoch = known.epoch
        where found.id is null`,
      [known.map(({ id }) => id).join(), known.map(({ epoch }) => epoch).join()],
      { timeoutMs: readTimeoutMs, name: 'moved_routes' },
    );
    return rows.map(({ id }) => id);
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
      `with used as (
         select id, epoch from unnest(string_to_array($1, ','), string_to_array($2, ',')::bigint[]) as used(id, epoch)
       ), touched as (
         select p.id from projects p
          where p.id = any(string_to_array($1, ',')) and p.state = 'active'
            and (p.id, p.epoch) in (select id, epoch from used)
          order by p.id
          for update of p
       )
       update projects set last_active_at = valet_now() from touched where projects.id = touched.id`,
      [touches.map((touch) => touch.id).join(), touches.map((touch) => touch.epoch).join()],
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

function viewOf({ id, state, epoch, fly_id, fly_app, idle_secs }: RouteRow): ProjectView {
  const machine = fly_id !== null && fly_app !== null ? { flyId: fly_id, app: fly_app } : null;
  return { id, state, epoch, machine, idleSecs: idle_secs };
}
