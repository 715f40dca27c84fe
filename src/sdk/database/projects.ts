import type { ProjectState } from '../lifecycle/states.js';
import { statesBefore } from '../lifecycle/transitions.js';
import type { Renewal } from '../ownership.js';
import type { ProjectId } from '../projects/project-id.js';
import { type Database, isUniqueViolation } from './database.js';
import { afterLocking } from './project-lock.js';

export interface ProjectRow {
  readonly id: ProjectId;
  readonly state: ProjectState;
  readonly epoch: number;
  readonly region: string;
  readonly machine_id: string | null;
  readonly deploy_key_sealed: string;
  readonly current_archive_id: string | null;
  readonly last_active_at: Date;
  /** The same time to the microsecond, which a Date would lose: what a compare-and-set compares. */
  readonly last_active_token: string;
  readonly hold_until: Date | null;
  readonly held: boolean;
  readonly transition_from: ProjectState | null;
  readonly transition_owner: string | null;
  readonly wake_requested_at: Date | null;
  readonly wake_failures: number;
  /** Seconds until the next wake may be tried; null or at most 0 means now. */
  readonly wake_retry_secs: number | null;
  /** How long the transition has lasted, whoever owned it; null while the project rests. */
  readonly transition_secs: number | null;
  readonly created_at: Date;
}

/** What every write of a transition's owner is guarded by: an older epoch or another owner changes nothing. */
export interface Guard {
  readonly id: ProjectId;
  readonly epoch: number;
  readonly owner: string;
}

/** An owner that does not renew for so long has died or lost its connection. */
export const transitionDeadlineSecs = 10;

const columns = `
  p.id, p.state, p.epoch, p.region, p.machine_id, p.deploy_key_sealed, p.current_archive_id,
  p.last_active_at, p.last_active_at::text as last_active_token,
  p.hold_until, coalesce(p.hold_until > valet_now(), false) as held,
  p.transition_from, p.transition_owner, p.wake_requested_at, p.wake_failures,
  extract(epoch from p.wake_retry_at - valet_now())::float8 as wake_retry_secs,
  extract(epoch from valet_now() - p.transition_began_at)::float8 as transition_secs, p.created_at`;

/** The projects table: reading, creating, owning. Waking and archiving have files of their own. */
export class ProjectTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find(id: string): Promise<ProjectRow | undefined> {
    const rows = await this.#db.query<ProjectRow>(`select ${columns} from projects p where p.id = $1`, [id]);
    return rows[0];
  }

  /**
   * `taken`: the id is in use, or was by a project that was deleted. `key_in_use`: another request with the same
   * idempotency key came first. Project and key are one statement, so a key never leads to somebody else's project.
   */
  async insertCreating(input: NewProject): Promise<ProjectRow | 'taken' | 'key_in_use'> {
    try {
      const rows = await this.#db.query<ProjectRow>(
        `with p as (
           insert into projects (id, state, region, deploy_key_sealed, transition_owner, transition_began_at, transition_deadline)
           values ($1, 'creating', $2, $3, $4, valet_now(), valet_now() + make_interval(secs => $5))
           on conflict (id) do nothing
           returning *
         ), tied as (
           insert into idempotency_keys (key_hash, request_hash, project_id)
           select $6, $7, id from p where $6::text is not null
         ), noted as (
           insert into events (what, project_id, epoch, actor) select 'create_begun', id, epoch, $8 from p
         )
         select ${columns} from p`,
        [
          input.id,
          input.region,
          input.deployKeySealed,
          input.owner,
          transitionDeadlineSecs,
          input.idempotency?.keyHash ?? null,
          input.idempotency?.requestHash ?? null,
          input.actor ?? input.owner,
        ],
      );
      return rows[0] ?? 'taken';
    } catch (error) {
      if (isUniqueViolation(error, 'idempotency_keys_pkey')) return 'key_in_use';
      throw error;
    }
  }

  /** Creating or waking → active, on the machine that is assigned to it. False: the guard is gone, nothing changed. */
  async activate(guard: Guard, machineId: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with p as (
         update projects
            set state = 'active', machine_id = $4, last_active_at = valet_now(),
                transition_from = null, transition_owner = null, transition_began_at = null, transition_deadline = null,
                wake_requested_at = null, wake_failures = 0, wake_retry_at = null, resume_pending = false
          where id = $1 and epoch = $2 and transition_owner = $3 and state = any($5)
            and exists (select 1 from machines m where m.id = $4 and m.project_id = $1 and m.state = 'assigned')
         returning id, epoch
       )
       insert into events (what, project_id, machine_id, epoch, actor) select 'activated', id, $4, epoch, $3 from p
       returning id`,
      [guard.id, guard.epoch, guard.owner, machineId, statesBefore('activate')],
    );
    return rows.length === 1;
  }

  /** Creating → gone: the row is removed, its machine retires, the id is free again. */
  async rollBack(guard: Guard, why: string): Promise<boolean> {
    const rows = await afterLocking(
      this.#db,
      guard.id,
      `with p as (
         delete from projects where id = $1 and epoch = $2 and transition_owner = $3 and state = any($5)
         returning id, epoch
       ), given_up as (
         update machines m
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'failed', last_error = $4
           from p where m.project_id = p.id and m.state in ('assigned', 'provisioning')
         returning m.id
       ), forgotten as (
         delete from idempotency_keys k using p where k.project_id = p.id
       ), noted as (
         insert into events (what, project_id, epoch, actor, why) select 'create_rolled_back', id, epoch, $3, $4 from p
       ), told as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'machine_given_up', p.id, given_up.id, p.epoch, $3, $4 from p, given_up
       )
       select id from p`,
      [guard.id, guard.epoch, guard.owner, why, statesBefore('roll_back')],
    );
    return rows.length === 1;
  }

  /** The owner is alive. A wake requested or a hold set while archiving is how it learns that it should stop. */
  async renew(guard: Guard): Promise<Renewal> {
    const [row] = await this.#db.query<{ wanted: boolean }>(
      `update projects set transition_deadline = valet_now() + make_interval(secs => $4)
        where id = $1 and epoch = $2 and transition_owner = $3
       returning state = 'archiving'
                 and (wake_requested_at is not null or coalesce(hold_until > valet_now(), false)) as wanted`,
      [guard.id, guard.epoch, guard.owner, transitionDeadlineSecs],
    );
    if (!row) return 'lost';
    return row.wanted ? 'wanted_elsewhere' : 'owned';
  }

  /** A passing state past its deadline gets a new owner and a new epoch; the old owner's guard is gone. */
  async takeOver(project: Pick<ProjectRow, 'id' | 'epoch'>, owner: string): Promise<ProjectRow | undefined> {
    const rows = await this.#db.query<ProjectRow>(
      `with p as (
         update projects
            set epoch = nextval('epochs'), transition_owner = $3,
                transition_deadline = valet_now() + make_interval(secs => $4)
          where id = $1 and epoch = $2 and transition_deadline < valet_now()
         returning *
       ), noted as (
         insert into events (what, project_id, epoch, actor, why)
         select 'taken_over', id, epoch, $3, 'its owner did not renew the deadline' from p
       )
       select ${columns} from p`,
      [project.id, project.epoch, owner, transitionDeadlineSecs],
    );
    return rows[0];
  }

  /** Passing states whose owner has fallen silent, the longest silent first. */
  async overdue(limit: number): Promise<ProjectRow[]> {
    return this.#db.query<ProjectRow>(
      `select ${columns} from projects p
        where p.transition_deadline < valet_now()
        order by p.transition_deadline
        limit $1`,
      [limit],
    );
  }

  /**
   * Active projects whose machine has yet to be told to serve and is seen to run. In any order: one that does not answer
   * must not keep the others waiting for ever.
   */
  async toResume(limit: number): Promise<ProjectRow[]> {
    return this.#db.query<ProjectRow>(
      `select ${columns} from projects p join machines m on m.id = p.machine_id
        where p.resume_pending and p.state = 'active' and m.state = 'assigned' and m.fly_state = 'started'
        order by random()
        limit $1`,
      [limit],
    );
  }

  /** Its machine serves again. */
  async resumed(project: Pick<ProjectRow, 'id' | 'epoch'>, actor: string): Promise<void> {
    await this.#db.query(
      `with p as (
         update projects set resume_pending = false
          where id = $1 and epoch = $2 and state = 'active' and resume_pending
         returning id, epoch, machine_id
       )
       insert into events (what, project_id, machine_id, epoch, actor) select 'resumed', id, machine_id, epoch, $3 from p`,
      [project.id, project.epoch, actor],
    );
  }
}

export interface NewProject {
  readonly id: ProjectId;
  readonly region: string;
  readonly deployKeySealed: string;
  readonly owner: string;
  /** As events name who began it; the owner if left out. */
  readonly actor?: string;
  readonly idempotency: { readonly keyHash: string; readonly requestHash: string } | undefined;
}

export { columns as projectColumns };
