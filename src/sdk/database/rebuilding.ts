import { nextState, statesBefore } from '../lifecycle/transitions.js';
import type { Database } from './database.js';
import { provisioningDeadlineSecs } from './machines.js';
import type { GoneMachine } from './observing.js';
import { afterLocking } from './project-lock.js';
import { type Guard, type ProjectRow, projectColumns, transitionDeadlineSecs } from './projects.js';
import { type MachineToMoveIn, machineValues } from './volume-moves.js';

/** The statements that begin to rebuild a project on its volume, and that take that back. */
export class RebuildingTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Active → waking, because its machine is proven gone and its volume is there. The old row stays assigned. Undefined
   * when another was first, Fly has been seen to know the machine again, or a rebuild has failed a moment ago.
   */
  async beginRebuild(gone: GoneMachine, wanted: MachineToMoveIn, by: { owner: string; actor: string }) {
    const rows = await this.#db.query<ProjectRow>(
      `with p as (
         update projects
            set state = $11, epoch = nextval('epochs'), transition_from = projects.state, transition_owner = $12,
                transition_began_at = valet_now(), transition_deadline = valet_now() + make_interval(secs => $13)
           from machines old
          where projects.id = $1 and projects.epoch = $2 and projects.state = any($14) and projects.machine_id = old.id
            and old.id = $3 and old.state = 'assigned' and old.missing_looks = $15
            and (wake_retry_at is null or wake_retry_at <= valet_now())
         returning projects.*
       ), m as (
         insert into machines (takes_volume_of, id, environment, fly_app, name, region, image, config_hash, state,
                               project_id, provisioning_deadline)
         select $3, $4, $5, $6, $7, $8, $9, $10, 'provisioning', id, valet_now() + make_interval(secs => $16) from p
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'rebuild_begun', id, $3, epoch, $17, 'its machine is gone at Fly and its volume is there' from p
       )
       select ${projectColumns} from p`,
      [
        gone.project_id,
        gone.project_epoch,
        gone.id,
        ...machineValues(wanted),
        nextState('active', 'begin_rebuild'),
        by.owner,
        transitionDeadlineSecs,
        statesBefore('begin_rebuild'),
        gone.missing_looks,
        provisioningDeadlineSecs,
        by.actor,
      ],
    );
    return rows[0];
  }

  /**
   * Waking → active on the machine as before, which is gone: to be tried again, after a while if it has failed. The new
   * machine's row retires, and the volume stays.
   */
  async putBackActive(guard: Guard, why: string, retryAfterSecs: number | null): Promise<boolean> {
    const rows = await afterLocking(
      this.#db,
      guard.id,
      `with p as (
         update projects
            set state = $6, epoch = nextval('epochs'),
                transition_from = null, transition_owner = null, transition_began_at = null, transition_deadline = null,
                wake_failures = wake_failures + case when $5::float8 is null then 0 else 1 end,
                wake_retry_at = valet_now() + make_interval(secs => $5::float8)
          where id = $1 and epoch = $2 and transition_owner = $3 and state = any($7) and transition_from = $6
         returning id, epoch, machine_id
       ), given_up as (
         update machines m
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'failed',
                last_error = $4
           from p where m.project_id = p.id and m.state = 'provisioning'
         returning m.id
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'rebuild_put_back', id, machine_id, epoch, $3, $4 from p
       ), told as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'machine_given_up', p.id, given_up.id, p.epoch, $3, $4 from p, given_up
       )
       select id from p`,
      [
        guard.id,
        guard.epoch,
        guard.owner,
        why,
        retryAfterSecs,
        nextState('waking', 'put_back_active'),
        statesBefore('put_back_active'),
      ],
    );
    return rows.length === 1;
  }
}
