import { ValetError } from '../errors.js';
import { nextState } from '../lifecycle/transitions.js';
import type { Database, Queryable } from './database.js';
import type { NewMachine } from './machines.js';
import type { Guard } from './projects.js';

/** A machine that is to be made on a volume that is there already: it has none of its own. */
export type MachineToMoveIn = Omit<NewMachine, 'volumeName'>;

/**
 * The statements that put a project on a new machine with the volume of an old one. Until the last of them the volume is
 * the old row's, so whatever fails on the way gives nothing of it up.
 */
export class VolumeMoveTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Waking → active, and the volume is the new machine's. All or nothing; in this order, since a project has one assigned
   * machine and a volume's name one row at any moment. Only an undo, which a person asked for, counts as use (G11).
   *
   * @throws ValetError `state_changed`, nothing having changed
   */
  async finish(guard: Guard, machines: { readonly oldId: string; readonly newId: string }): Promise<void> {
    await this.#db.transaction(async (transaction) => {
      const volume = await releaseVolume(transaction, guard, machines);
      const assigned = volume && (await assign(transaction, guard, machines, volume));
      if (!assigned || !(await activate(transaction, guard, machines.newId)))
        throw new ValetError('state_changed', `Project ${guard.id} changed while its volume was being moved.`);
    });
  }
}

interface MovedVolume {
  readonly volume_id: string;
  readonly volume_name: string;
}

/** The old row gives its volume away, if it still has it and nobody has begun to delete it. */
async function releaseVolume(
  transaction: Queryable,
  guard: Guard,
  { oldId, newId }: { readonly oldId: string; readonly newId: string },
): Promise<MovedVolume | undefined> {
  await transaction.query('select 1 from projects where id = $1 for update', [guard.id]);
  const rows = await transaction.query<MovedVolume>(
    `with before as (
       select m.id, m.volume_id, m.volume_name from machines m, projects p
        where m.id = $4 and m.project_id = p.id and p.id = $1 and p.epoch = $2 and p.transition_owner = $3
          and m.volume_id is not null and m.volume_deleting_at is null and m.volume_gone_at is null
          and m.state = case when p.transition_from = 'active' then 'assigned' else 'retiring' end
          for update of m
     ), m as (
       update machines
          set state = 'retiring', retire_cause = case when machines.state = 'assigned' then 'moved' else retire_cause end,
              retiring_at = coalesce(retiring_at, valet_now()), next_attempt_at = valet_now(), attempts = 0,
              volume_moved_to = $5, volume_id = null, volume_name = null
         from before where machines.id = before.id
     ), noted as (
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'volume_moved', $1, id, $2, $3, volume_id || ' to machine ' || $5 from before
     )
     select volume_id, volume_name from before`,
    [guard.id, guard.epoch, guard.owner, oldId, newId],
  );
  return rows[0];
}

async function assign(
  transaction: Queryable,
  guard: Guard,
  { oldId, newId }: { readonly oldId: string; readonly newId: string },
  volume: MovedVolume,
): Promise<boolean> {
  const rows = await transaction.query(
    `update machines
        set state = 'assigned', ready_at = valet_now(), claimed_at = valet_now(), takes_volume_of = null,
            volume_id = $4, volume_name = $5
      where id = $1 and project_id = $2 and takes_volume_of = $3 and state = 'provisioning'
     returning id`,
    [newId, guard.id, oldId, volume.volume_id, volume.volume_name],
  );
  return rows.length === 1;
}

async function activate(transaction: Queryable, guard: Guard, machineId: string): Promise<boolean> {
  const rows = await transaction.query(
    `with p as (
       update projects
          set state = $5, machine_id = $4,
              last_active_at = case when transition_from = 'active' then last_active_at else valet_now() end,
              transition_from = null, transition_owner = null, transition_began_at = null, transition_deadline = null,
              wake_requested_at = null, wake_failures = 0, wake_retry_at = null, resume_pending = false
        where id = $1 and epoch = $2 and transition_owner = $3 and state = 'waking'
       returning id, epoch
     )
     insert into events (what, project_id, machine_id, epoch, actor) select 'activated', id, $4, epoch, $3 from p
     returning id`,
    [guard.id, guard.epoch, guard.owner, machineId, nextState('waking', 'activate')],
  );
  return rows.length === 1;
}

/** As the statements that make a row for it take them. */
export function machineValues(wanted: MachineToMoveIn): string[] {
  const { id, environment, flyApp, name, region, image, configHash } = wanted;
  return [id, environment, flyApp, name, region, image, configHash];
}
