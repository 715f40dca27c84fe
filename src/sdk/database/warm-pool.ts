import { ValetError } from '../errors.js';
import { statesBefore } from '../lifecycle/transitions.js';
import type { PoolKind } from '../pool/aim.js';
import { type Database, isUniqueViolation } from './database.js';
import { machineColumns, type WholeMachine } from './machines.js';
import type { Guard } from './projects.js';

/** Taking a member out of the warm pool. */
export class WarmPoolTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Takes a ready machine out of the pool for a project, the wished region first. One statement; nobody waits.
   *
   * @throws ValetError `state_changed` when the project has a machine already
   */
  async claim(guard: Guard, kind: PoolKind, region: string): Promise<WholeMachine | undefined> {
    try {
      const rows = await this.#db.query<WholeMachine>(
        `with owner as (
           select id from projects
            where id = $1 and epoch = $2 and transition_owner = $3 and state = any($7)
              for update
         ), free as (
           select m.id from machines m, owner
            where m.state = 'ready' and m.environment = $4 and m.config_hash = $6
            order by m.region = $5 desc, m.ready_at
            limit 1
            for update of m skip locked
         ), m as (
           update machines set state = 'assigned', project_id = $1, claimed_at = valet_now()
             from free where machines.id = free.id
           returning machines.*
         ), noted as (
           insert into events (what, project_id, machine_id, epoch, actor, why)
           select 'claimed', $1, m.id, $2, $3, case when m.region <> $5 then 'in ' || m.region || ': no member was free in ' || $5 end
             from m
         )
         select ${machineColumns} from m`,
        [guard.id, guard.epoch, guard.owner, kind.environment, region, kind.configHash, statesBefore('activate')],
      );
      return rows[0];
    } catch (error) {
      if (!isUniqueViolation(error, 'one_assigned_machine_per_project')) throw error;
      throw new ValetError('state_changed', `Project ${guard.id} has a machine already.`, { cause: error });
    }
  }
}
