import { ValetError } from '../errors.js';
import { statesBefore } from '../lifecycle/transitions.js';
import type { PoolCounts } from '../pool/plan.js';
import { type Database, isUniqueViolation, type Queryable } from './database.js';
import {
  type MachineRow,
  machineColumns,
  type NewMachine,
  provisioningDeadlineSecs,
  type WholeMachine,
} from './machines.js';
import type { Guard } from './projects.js';

/** Members of the pool are alike: of one environment and one configuration. Others are outdated. */
export interface PoolKind {
  readonly environment: string;
  readonly configHash: string;
}

/** The statements that fill the warm pool and take from it. */
export class WarmPoolTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Rows for what the pool lacks, before any call to Fly. The installation's row is locked first, in a statement of its
   * own, so that the count is read after any other replenishment has committed: two at once never ask for the same.
   */
  async insertLacking(kind: PoolKind, decide: (counts: PoolCounts) => readonly NewMachine[]): Promise<MachineRow[]> {
    return this.#db.transaction(async (transaction) => {
      const bound = await transaction.query('select 1 from installation where environment = $1 for update', [
        kind.environment,
      ]);
      // Without a row to lock nothing would be serialised.
      if (bound.length === 0) throw notBound(kind.environment);
      const counts = await countPool(transaction, kind);
      return transaction.query<MachineRow>(
        `with m as (
           insert into machines (id, environment, fly_app, name, volume_name, region, image, config_hash, state, provisioning_deadline)
           select w.id, w.environment, w."flyApp", w.name, w."volumeName", w.region, w.image, w."configHash",
                  'provisioning', valet_now() + make_interval(secs => $2)
             from jsonb_to_recordset($1::jsonb) as w(id text, environment text, "flyApp" text, name text, "volumeName" text,
                                                     region text, image text, "configHash" text)
           returning *
         )
         select ${machineColumns} from m`,
        [JSON.stringify(decide(counts)), provisioningDeadlineSecs],
      );
    });
  }

  /** Members of this kind; a machine that is being made for a waiting project is none. */
  async count(kind: PoolKind): Promise<PoolCounts> {
    return countPool(this.#db, kind);
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
           insert into events (what, project_id, machine_id, epoch, actor) select 'claimed', $1, m.id, $2, $3 from m
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

  /** Ready members of an older configuration retire: nobody can claim them. At most so many, the oldest first. */
  async retireOutdated(kind: PoolKind, actor: string, limit: number): Promise<string[]> {
    const rows = await this.#db.query<{ machine_id: string }>(
      `with outdated as (
         select id from machines
          where environment = $1 and state = 'ready' and config_hash <> $2
          order by ready_at
          limit $4
          for update skip locked
       ), m as (
         update machines
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(),
                last_error = 'made for an older configuration'
           from outdated where machines.id = outdated.id
         returning machines.id
       )
       insert into events (what, machine_id, actor, why)
       select 'machine_given_up', id, $3, 'made for an older configuration' from m
       returning machine_id`,
      [kind.environment, kind.configHash, actor, limit],
    );
    return rows.map((row) => row.machine_id);
  }
}

function notBound(environment: string): ValetError {
  return new ValetError('environment_mismatch', `This database is not bound to environment "${environment}".`, {
    hint: 'Set VALET_ENVIRONMENT to what the database belongs to, or use another database.',
  });
}

async function countPool(db: Queryable, kind: PoolKind): Promise<PoolCounts> {
  const [counts] = await db.query<{ ready: number; provisioning: number }>(
    `select count(*) filter (where state = 'ready') as ready,
            count(*) filter (where state = 'provisioning' and project_id is null) as provisioning
       from machines
      where environment = $1 and config_hash = $2 and state in ('ready', 'provisioning')`,
    [kind.environment, kind.configHash],
  );
  return counts ?? { ready: 0, provisioning: 0 };
}
