import { nextState, statesBefore } from '../lifecycle/transitions.js';
import type { Database } from './database.js';
import { afterLocking } from './project-lock.js';

/** The end of a project. */
export class DeletingTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Any state → deleted, whoever is at work on it: the epoch is new, so their guard is gone. Its machines retire, their
   * volumes are kept for a while; a machine that is being made at this moment is refused to its maker, who gives it up.
   * The deploy key goes at once: nothing needs it any more. The row stays, and with it the id.
   *
   * False: there is no such project, or it was deleted before.
   */
  async delete(id: string, keepVolumeSecs: number, actor: string): Promise<boolean> {
    const rows = await afterLocking(
      this.#db,
      id,
      `with before as (
         select id, state, machine_id from projects where id = $1 and state = any($5)
       ), p as (
         update projects
            set state = $4, epoch = nextval('epochs'), deleted_at = valet_now(),
                machine_id = null, current_archive_id = null, deploy_key_sealed = '', hold_until = null,
                transition_from = null, transition_owner = null, transition_began_at = null, transition_deadline = null,
                wake_requested_at = null, wake_failures = 0, wake_retry_at = null,
                archive_failures = 0, archive_retry_at = null, resume_pending = false
           from before where projects.id = before.id
         returning projects.id, projects.epoch, before.state as was, before.machine_id
       ), m as (
         update machines
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'deleted',
                keep_volume_until = valet_now() + make_interval(secs => $2)
           from p where machines.project_id = p.id and machines.state in ('assigned', 'provisioning')
         returning machines.id
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'deleted', id, machine_id, epoch, $3, 'it was ' || was from p
       ), given_up as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'machine_given_up', p.id, m.id, p.epoch, $3, 'its project was deleted' from p, m
       )
       select id from p`,
      [id, keepVolumeSecs, actor, nextState('active', 'delete'), statesBefore('delete')],
    );
    return rows.length === 1;
  }
}
