import type { Queryable } from './database.js';

export interface EventRow {
  readonly id: number;
  readonly at: Date;
  readonly what: string;
  readonly project_id: string | null;
  readonly machine_id: string | null;
  readonly epoch: number | null;
  readonly actor: string;
  readonly why: string | null;
}

/** History, for looking at it. What happens writes its event in the very statement that makes it happen. */
export class EventTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** Of all projects, the newest first. */
  async recent(limit: number): Promise<EventRow[]> {
    return this.#db.query<EventRow>(
      `select id, at, what, project_id, machine_id, epoch, actor, why from events
        order by id desc
        limit $1`,
      [limit],
    );
  }

  /** The newest first. */
  async ofProject(projectId: string, page: { beforeId: number | null; limit: number }): Promise<EventRow[]> {
    return this.#db.query<EventRow>(
      `select id, at, what, project_id, machine_id, epoch, actor, why from events
        where project_id = $1 and ($2::bigint is null or id < $2)
        order by id desc
        limit $3`,
      [projectId, page.beforeId, page.limit],
    );
  }
}
