import { type LifecycleEvent, nextState, statesBefore } from '../lifecycle/transitions.js';
import type { Database } from './database.js';
import { afterLocking } from './project-lock.js';
import { type Guard, type ProjectRow, projectColumns, transitionDeadlineSecs } from './projects.js';

/** The statements that begin a wake and that take it back. */
export class WakingTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Dormant (or lost) → waking. Undefined when another caller was first or the project is backing off. */
  async beginWake(
    project: Pick<ProjectRow, 'id' | 'epoch'>,
    owner: string,
    actor: string,
  ): Promise<ProjectRow | undefined> {
    const rows = await this.#db.query<ProjectRow>(
      `with p as (
         update projects
            set state = $5, epoch = nextval('epochs'), transition_from = state, transition_owner = $3,
                transition_began_at = valet_now(), transition_deadline = valet_now() + make_interval(secs => $6)
          where id = $1 and epoch = $2 and state = any($7) and current_archive_id is not null
            and (wake_retry_at is null or wake_retry_at <= valet_now())
         returning *
       ), noted as (
         insert into events (what, project_id, epoch, actor) select 'wake_begun', id, epoch, $4 from p
       )
       select ${projectColumns} from p`,
      [
        project.id,
        project.epoch,
        owner,
        actor,
        nextState('dormant', 'begin_wake'),
        transitionDeadlineSecs,
        statesBefore('begin_wake'),
      ],
    );
    return rows[0];
  }

  /**
   * Waking → where it came from; whatever machine it had got retires. A failure makes the next try wait; null means
   * that the wake did not fail but lost its owner.
   */
  async putBack(guard: Guard, why: string, retryAfterSecs: number | null): Promise<boolean> {
    const events: LifecycleEvent[] = ['put_back_dormant', 'put_back_lost'];
    const rows = await afterLocking(
      this.#db,
      guard.id,
      `with p as (
         update projects
            set state = transition_from, epoch = nextval('epochs'),
                transition_from = null, transition_owner = null, transition_began_at = null, transition_deadline = null,
                wake_failures = wake_failures + case when $5::float8 is null then 0 else 1 end,
                wake_retry_at = valet_now() + make_interval(secs => $5::float8)
          where id = $1 and epoch = $2 and transition_owner = $3 and state = 'waking' and transition_from = any($6)
         returning id, epoch
       ), given_up as (
         update machines m
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'failed',
                last_error = $4
           from p where m.project_id = p.id and m.state in ('assigned', 'provisioning')
         returning m.id
       ), noted as (
         insert into events (what, project_id, epoch, actor, why) select 'wake_put_back', id, epoch, $3, $4 from p
       ), told as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'machine_given_up', p.id, given_up.id, p.epoch, $3, $4 from p, given_up
       )
       select id from p`,
      [guard.id, guard.epoch, guard.owner, why, retryAfterSecs, events.map((event) => nextState('waking', event))],
    );
    return rows.length === 1;
  }
}
