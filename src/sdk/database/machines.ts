import { statesBefore } from '../lifecycle/transitions.js';
import type { Queryable } from './database.js';
import type { Guard } from './projects.js';

export type MachineRowState = 'provisioning' | 'ready' | 'assigned' | 'retiring' | 'retired';

export interface MachineRow {
  readonly id: string;
  readonly environment: string;
  readonly fly_app: string;
  readonly name: string;
  /** Null where the volume is another row's. */
  readonly volume_name: string | null;
  readonly fly_id: string | null;
  readonly volume_id: string | null;
  readonly region: string;
  readonly state: MachineRowState;
  readonly project_id: string | null;
  readonly fly_state: string | null;
  readonly fly_state_at: Date | null;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly ready_at: Date | null;
}

/** A machine that exists at Fly and can be spoken to. */
export interface WholeMachine extends MachineRow {
  readonly fly_id: string;
}

export interface NewMachine {
  readonly id: string;
  readonly environment: string;
  readonly flyApp: string;
  readonly name: string;
  readonly volumeName: string;
  readonly region: string;
  readonly image: string;
  readonly configHash: string;
}

/** A provisioning row whose owner does not renew for so long is retired, never continued. */
export const provisioningDeadlineSecs = 15;

export const machineColumns = `
  m.id, m.environment, m.fly_app, m.name, m.volume_name, m.fly_id, m.volume_id, m.region, m.state, m.project_id,
  m.fly_state, m.fly_state_at, m.attempts, m.last_error, m.created_at, m.ready_at`;

/** Machines from before they exist until they work. Claiming and giving back have files of their own. */
export class MachineTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async find(id: string): Promise<MachineRow | undefined> {
    const rows = await this.#db.query<MachineRow>(`select ${machineColumns} from machines m where m.id = $1`, [id]);
    return rows[0];
  }

  /** A row for a machine that one waiting project needs because the pool is empty. Only the project's owner may. */
  async insertForProject(guard: Guard, wanted: NewMachine): Promise<MachineRow | undefined> {
    const rows = await this.#db.query<MachineRow>(
      `with m as (
         insert into machines (id, environment, fly_app, name, volume_name, region, image, config_hash, state,
                               project_id, provisioning_deadline)
         select $4, $5, $6, $7, $8, $9, $10, $11, 'provisioning', p.id, valet_now() + make_interval(secs => $12)
           from projects p
          where p.id = $1 and p.epoch = $2 and p.transition_owner = $3 and p.state = any($13)
         returning *
       )
       select ${machineColumns} from m`,
      [
        guard.id,
        guard.epoch,
        guard.owner,
        wanted.id,
        wanted.environment,
        wanted.flyApp,
        wanted.name,
        wanted.volumeName,
        wanted.region,
        wanted.image,
        wanted.configHash,
        provisioningDeadlineSecs,
        statesBefore('activate'),
      ],
    );
    return rows[0];
  }

  /** Ids are written as they appear. False: the row is no longer being provisioned, so what was made must go. */
  async recordVolume(id: string, volumeId: string): Promise<boolean> {
    return this.#updateProvisioning(id, 'volume_id = $2', [volumeId]);
  }

  async recordMachine(id: string, flyId: string): Promise<boolean> {
    return this.#updateProvisioning(id, 'fly_id = $2', [flyId]);
  }

  async renewProvisioning(id: string): Promise<boolean> {
    return this.#updateProvisioning(id, 'provisioning_deadline = valet_now() + make_interval(secs => $2)', [
      provisioningDeadlineSecs,
    ]);
  }

  async becomeReady(id: string, flyState: string, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         update machines set state = 'ready', ready_at = valet_now(), fly_state = $2, fly_state_at = valet_now()
          where id = $1 and state = 'provisioning'
         returning id
       )
       insert into events (what, machine_id, actor) select 'machine_ready', id, $3 from m
       returning id`,
      [id, flyState, actor],
    );
    return rows.length === 1;
  }

  /**
   * Provisioning → assigned for the project that it was made for, while that project is still being worked on.
   *
   * @param why it is not where the project wanted it, if so
   */
  async assignProvisioned(id: string, guard: Guard, why: string | null = null): Promise<WholeMachine | undefined> {
    const rows = await this.#db.query<WholeMachine>(
      `with m as (
         update machines set state = 'assigned', ready_at = valet_now(), claimed_at = valet_now()
           from projects p
          where machines.id = $1 and machines.state = 'provisioning' and machines.project_id = p.id
            and p.id = $2 and p.epoch = $3 and p.transition_owner = $4 and p.state = any($5)
         returning machines.*
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why) select 'machine_made', $2, m.id, $3, $4, $6 from m
       )
       select ${machineColumns} from m`,
      [id, guard.id, guard.epoch, guard.owner, statesBefore('activate'), why],
    );
    return rows[0];
  }

  /** What Fly was seen to say. A fact beside the row's own state, never a wish; what is seen is not missing any more. */
  async observed(id: string, flyState: string): Promise<void> {
    await this.#db.query(
      `update machines
          set fly_state = $2, fly_state_at = valet_now(), missing_since = null, missing_looks = 0,
              volume_missing_since = null, volume_missing_looks = 0
        where id = $1 and state in ('ready', 'assigned')`,
      [id, flyState],
    );
  }

  async #updateProvisioning(id: string, assignment: string, values: readonly unknown[]): Promise<boolean> {
    const rows = await this.#db.query(
      `update machines set ${assignment} where id = $1 and state = 'provisioning' returning id`,
      [id, ...values],
    );
    return rows.length === 1;
  }
}
