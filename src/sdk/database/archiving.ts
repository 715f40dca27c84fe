import { nextState, statesBefore } from '../lifecycle/transitions.js';
import type { Queryable } from './database.js';
import { type Guard, type ProjectRow, projectColumns, transitionDeadlineSecs } from './projects.js';

export interface ArchiveAttempt {
  readonly project: ProjectRow;
  readonly archiveId: string;
  readonly r2Key: string;
}

export interface ProvenArchive {
  readonly id: string;
  readonly r2Key: string;
  readonly r2Checksum: string;
  readonly sizeBytes: number;
  readonly manifest: unknown;
}

/** The statements that put a project to sleep and those that stop it from happening. */
export class ArchivingTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /**
   * Active → archiving, if nothing has happened since the project was read: same epoch, same last_active_at, not held.
   * The attempt's archive row comes with it, before anything is uploaded.
   */
  async begin(
    seen: ProjectRow,
    attempt: { archiveId: string; keyOf: (epoch: number) => string; owner: string; actor: string; why?: string },
  ) {
    const [next] = await this.#db.query<{ epoch: number }>(`select nextval('epochs') as epoch`);
    if (!next) return undefined;
    const r2Key = attempt.keyOf(next.epoch);
    const rows = await this.#db.query<ProjectRow>(
      `with p as (
         update projects
            set state = $9, epoch = $4, transition_from = state, transition_owner = $5,
                transition_began_at = valet_now(), transition_deadline = valet_now() + make_interval(secs => $6),
                wake_requested_at = null
          where id = $1 and epoch = $2 and state = any($10) and last_active_at = $3::timestamptz
            and (hold_until is null or hold_until <= valet_now())
         returning *
       ), recorded as (
         insert into archives (id, project_id, epoch, r2_key) select $7, id, epoch, $8 from p
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'archive_begun', id, machine_id, epoch, $11, $12 from p
       )
       select ${projectColumns} from p`,
      [
        seen.id,
        seen.epoch,
        seen.last_active_token,
        next.epoch,
        attempt.owner,
        transitionDeadlineSecs,
        attempt.archiveId,
        r2Key,
        nextState('active', 'begin_archive'),
        statesBefore('begin_archive'),
        attempt.actor,
        attempt.why ?? null,
      ],
    );
    const project = rows[0];
    return project ? { project, archiveId: attempt.archiveId, r2Key } : undefined;
  }

  /** Whether another attempt, of any project and however it ended, has that key. A unique index has the last word. */
  async isKeyTaken(r2Key: string, archiveId: string): Promise<boolean> {
    const rows = await this.#db.query(`select 1 from archives where r2_key = $1 and id <> $2`, [r2Key, archiveId]);
    return rows.length > 0;
  }

  /**
   * Archiving → dormant in one statement: the archive becomes the current one, the machine retires, its volume is kept
   * for a while. Refused (false) when a wake was requested, the project is held or has been used, the archive is another
   * attempt's, or the guard is gone.
   */
  async commit(
    guard: Guard,
    seen: ProjectRow,
    archive: ProvenArchive,
    keepVolumeSecs: number,
    actor = guard.owner,
  ): Promise<boolean> {
    const rows = await this.#db.query(
      `with p as (
         update projects
            set state = $11, epoch = nextval('epochs'), machine_id = null, current_archive_id = $4,
                transition_from = null, transition_owner = null, transition_began_at = null, transition_deadline = null,
                archive_failures = 0, archive_retry_at = null
          where id = $1 and epoch = $2 and transition_owner = $3 and state = any($12)
            and machine_id = $5 and last_active_at = $6::timestamptz
            and wake_requested_at is null and (hold_until is null or hold_until <= valet_now())
            and exists (select 1 from archives a where a.id = $4 and a.project_id = $1 and a.epoch = $2
                           and a.deleting_at is null)
         returning id, epoch
       ), proven as (
         update archives a set r2_key = $13, r2_checksum = $7, size_bytes = $8, manifest = $9, proven_at = valet_now()
           from p where a.id = $4 and a.project_id = p.id
       ), given_up as (
         update machines m
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'archived',
                keep_volume_until = valet_now() + make_interval(secs => $10)
           from p where m.id = $5 and m.project_id = p.id and m.state = 'assigned'
       )
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'archived', id, $5, epoch, $14, 'archive ' || $4::text || ' was read back and proven' from p
       returning id`,
      [
        guard.id,
        guard.epoch,
        guard.owner,
        archive.id,
        seen.machine_id,
        seen.last_active_token,
        archive.r2Checksum,
        archive.sizeBytes,
        JSON.stringify(archive.manifest),
        keepVolumeSecs,
        nextState('archiving', 'commit_archive'),
        statesBefore('commit_archive'),
        archive.r2Key,
        actor,
      ],
    );
    return rows.length === 1;
  }

  /** The owner gives up its own attempt: a new epoch while still archiving, with which the machine can be resumed. */
  async beginCancel(guard: Guard, why: string, actor = guard.owner): Promise<ProjectRow | undefined> {
    const rows = await this.#db.query<ProjectRow>(
      `with p as (
         update projects
            set epoch = nextval('epochs'), transition_deadline = valet_now() + make_interval(secs => $5)
          where id = $1 and epoch = $2 and transition_owner = $3 and state = any($6)
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'archive_cancelled', id, machine_id, epoch, $7, $4 from p
       )
       select ${projectColumns} from p`,
      [guard.id, guard.epoch, guard.owner, why, transitionDeadlineSecs, statesBefore('cancel_archive'), actor],
    );
    return rows[0];
  }

  /**
   * Archiving → active, once the machine serves again. `used` moves last_active_at (somebody was there);
   * `retryAfterSecs` keeps the sweep away from a project whose archive fails; with `resumePending` its machine has yet to
   * be told to serve.
   */
  async finishCancel(
    guard: Guard,
    outcome: { used: boolean; retryAfterSecs: number | null; resumePending: boolean },
    actor = guard.owner,
  ): Promise<boolean> {
    const rows = await this.#db.query(
      `with p as (
         update projects
            set state = $6, transition_from = null, transition_owner = null, transition_began_at = null,
                transition_deadline = null, wake_requested_at = null, resume_pending = $8,
                last_active_at = case when $4 then valet_now() else last_active_at end,
                archive_failures = case when $5::float8 is null then archive_failures else archive_failures + 1 end,
                archive_retry_at = valet_now() + make_interval(secs => $5::float8)
          where id = $1 and epoch = $2 and transition_owner = $3 and state = any($7)
         returning id, epoch, machine_id
       )
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'serving_again', id, machine_id, epoch, $9,
              case when $8 then 'its machine does not come up, and is told to serve when it does' end
         from p
       returning id`,
      [
        guard.id,
        guard.epoch,
        guard.owner,
        outcome.used,
        outcome.retryAfterSecs,
        nextState('archiving', 'cancel_archive'),
        statesBefore('cancel_archive'),
        outcome.resumePending,
        actor,
      ],
    );
    return rows.length === 1;
  }

  /** Somebody wants the project while it is being archived: the owner will find this before it commits. */
  async requestWake(id: string): Promise<boolean> {
    const rows = await this.#db.query(
      `update projects set wake_requested_at = coalesce(wake_requested_at, valet_now())
        where id = $1 and state = 'archiving'
       returning id`,
      [id],
    );
    return rows.length === 1;
  }

  /** How often archiving this project has failed in a row. */
  async failures(id: string): Promise<number> {
    const rows = await this.#db.query<{ archive_failures: number }>(
      `select archive_failures from projects where id = $1`,
      [id],
    );
    return rows[0]?.archive_failures ?? 0;
  }
}
