import type { Queryable } from './database.js';
import type { ArchiveRow } from './listings.js';

/** An archive with what becomes of it. */
export interface KnownArchive extends ArchiveRow {
  /** Its object is being deleted, or has been. */
  readonly deleting_at: string | null;
  readonly deleted_at: string | null;
  readonly verified_at: string | null;
}

/** The archives of projects, for looking at them. Making and deleting them have files of their own. */
export class ArchiveTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async find(id: string): Promise<KnownArchive | undefined> {
    const rows = await this.#db.query<{ archive: KnownArchive }>(
      `select to_jsonb(a) as archive from archives a where a.id = $1`,
      [id],
    );
    return rows[0]?.archive;
  }

  /** Those that a project could be restored from, the newest first. No two of a project have the same epoch. */
  async restorable(projectId: string, page: { beforeEpoch: number | null; limit: number }): Promise<KnownArchive[]> {
    const rows = await this.#db.query<{ archive: KnownArchive }>(
      `select to_jsonb(a) as archive from archives a
        where a.project_id = $1 and a.proven_at is not null and a.deleting_at is null
          and ($2::bigint is null or a.epoch < $2)
        order by a.epoch desc
        limit $3`,
      [projectId, page.beforeEpoch, page.limit],
    );
    return rows.map((row) => row.archive);
  }

  /** It was read back and proven again. */
  async verified(id: string, actor: string): Promise<void> {
    await this.#db.query(
      `with a as (
         update archives set verified_at = valet_now()
          where id = $1 and proven_at is not null and deleting_at is null
         returning id, project_id, epoch
       )
       insert into events (what, project_id, epoch, actor, why)
       select 'archive_verified', project_id, epoch, $2, 'archive ' || id || ' was read back and proven again' from a`,
      [id, actor],
    );
  }

  /** It was read back and is not what was proven once: what a wake from it would meet. */
  async refuted(id: string, actor: string, why: string): Promise<void> {
    await this.#db.query(
      `insert into events (what, project_id, epoch, actor, why)
       select 'archive_refuted', project_id, epoch, $2, 'archive ' || id || ': ' || $3::text
         from archives where id = $1 and deleting_at is null`,
      [id, actor, why],
    );
  }
}
