import { statesBefore } from '../lifecycle/transitions.js';
import type { Database } from './database.js';
import { afterLocking } from './project-lock.js';
import { type ProjectRow, projectColumns } from './projects.js';

/** What an operator does to a project that sleeps or is lost. */
export class RestoringTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Makes an archive the one that the next wake restores, and lets that wake begin at once whatever failed before. The
   * project's row is locked first, as for deleting an archive, so one that is going never becomes current.
   *
   * Undefined: the project has changed, or the archive is not its own, was never proven, or is being deleted.
   */
  async chooseArchive(
    seen: Pick<ProjectRow, 'id' | 'epoch'>,
    archiveId: string,
    actor: string,
  ): Promise<ProjectRow | undefined> {
    const rows = await afterLocking<ProjectRow>(
      this.#db,
      seen.id,
      `with p as (
         update projects
            set current_archive_id = a.id, epoch = nextval('epochs'), wake_failures = 0, wake_retry_at = null
           from archives a
          where projects.id = $1 and projects.epoch = $2 and projects.state = any($5)
            and a.id = $3 and a.project_id = projects.id and a.proven_at is not null and a.deleting_at is null
         returning projects.*
       ), noted as (
         insert into events (what, project_id, epoch, actor, why)
         select 'archive_chosen', id, epoch, $4, 'archive ' || current_archive_id from p
       )
       select ${projectColumns} from p`,
      [seen.id, seen.epoch, archiveId, actor, statesBefore('begin_wake')],
    );
    return rows[0];
  }

  /** An operator who asks for a wake does not wait for what the last failure has put off. How often it failed stays known. */
  async endBackOff(id: string, actor: string): Promise<void> {
    await this.#db.query(
      `with p as (
         update projects set wake_retry_at = null where id = $1 and state = 'dormant' and wake_retry_at > valet_now()
         returning id, epoch
       )
       insert into events (what, project_id, epoch, actor) select 'wake_back_off_ended', id, epoch, $2 from p`,
      [id, actor],
    );
  }
}
