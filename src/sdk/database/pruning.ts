import type { Database } from './database.js';
import { afterLocking } from './project-lock.js';

export interface Retention {
  /** Proven archives of each project, the newest ones; the current one is always kept. */
  readonly kept: number;
  /** How long archives outlive their project. */
  readonly deletedProjectSecs: number;
}

/** An archive whose object is to go, or is going. */
export interface PrunableArchive {
  readonly id: string;
  readonly project_id: string;
  readonly r2_key: string;
}

/** An upload lasts an hour at most, an attempt a quarter of one: after a day nothing of it can still arrive. */
const abandonedAfterHours = 24;

/**
 * Archives that nothing needs: beyond those kept of a living project, of a project deleted long ago, or of an attempt
 * that was given up. `$1` kept, `$2` seconds, `$3` hours.
 */
const needless = `
  select a.id, a.project_id, a.r2_key, a.created_at,
         case when p.state = 'deleted' then 'its project was deleted'
              when a.proven_at is null then 'the attempt was given up'
              else 'newer ones are kept' end as why
    from archives a
    join projects p on p.id = a.project_id
   where a.deleting_at is null and p.current_archive_id is distinct from a.id
     and case when p.state = 'deleted' then p.deleted_at <= valet_now() - make_interval(secs => $2)
              when a.proven_at is null then a.created_at <= valet_now() - make_interval(hours => $3)
                   and not (p.state = 'archiving' and p.epoch = a.epoch)
              else (select count(*) from archives newer
                     where newer.project_id = a.project_id and newer.epoch > a.epoch
                       and newer.proven_at is not null and newer.deleting_at is null) >= $1 end`;

/** The statements that let archives go. `deleting_at` is the mark without return: from then on the object may be gone. */
export class PruningTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Marked before and not finished: their owner died, or the store was away. */
  async unfinished(limit: number): Promise<PrunableArchive[]> {
    return this.#db.query<PrunableArchive>(
      `select id, project_id, r2_key from archives
        where deleting_at is not null and deleted_at is null
        order by deleting_at, id
        limit $1`,
      [limit],
    );
  }

  async needless(retention: Retention, limit: number): Promise<PrunableArchive[]> {
    return this.#db.query<PrunableArchive>(
      `with n as (${needless}) select id, project_id, r2_key from n order by created_at, id limit $4`,
      [...valuesOf(retention), limit],
    );
  }

  /**
   * Sets the mark, if it still holds that nothing needs the archive. The project's row is locked first, as by a restore,
   * so of the two one sees what the other has done.
   */
  async markDeleting(archive: PrunableArchive, retention: Retention, actor: string): Promise<boolean> {
    const rows = await afterLocking(
      this.#db,
      archive.project_id,
      `with n as (${needless}), a as (
         update archives set deleting_at = valet_now()
           from n where archives.id = $4 and n.id = $4 and archives.deleting_at is null
         returning archives.id, archives.project_id, archives.epoch, n.why
       )
       insert into events (what, project_id, epoch, actor, why)
       select 'archive_given_up', project_id, epoch, $5, 'archive ' || id || ': ' || why from a
       returning id`,
      [...valuesOf(retention), archive.id, actor],
    );
    return rows.length === 1;
  }

  /** The store has confirmed that the object is gone. */
  async deleted(id: string, actor: string): Promise<void> {
    await this.#db.query(
      `with a as (
         update archives set deleted_at = valet_now()
          where id = $1 and deleting_at is not null and deleted_at is null
         returning id, project_id, epoch
       )
       insert into events (what, project_id, epoch, actor, why)
       select 'archive_deleted', project_id, epoch, $2, 'archive ' || id from a`,
      [id, actor],
    );
  }
}

function valuesOf(retention: Retention): number[] {
  return [retention.kept, retention.deletedProjectSecs, abandonedAfterHours];
}
