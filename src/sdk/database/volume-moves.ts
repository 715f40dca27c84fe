import { ValetError } from '../errors.js';
import { nextState, statesBefore } from '../lifecycle/transitions.js';
import type { Database, Queryable } from './database.js';
import { type NewMachine, provisioningDeadlineSecs } from './machines.js';
import type { GoneMachine } from './observing.js';
import { afterLocking } from './project-lock.js';
import { type Guard, type ProjectRow, projectColumns, transitionDeadlineSecs } from './projects.js';

/** A machine that is to be made on a volume that is there already: it has none of its own. */
export type MachineToMoveIn = Omit<NewMachine, 'volumeName'>;

/** What an archive left behind: a machine on its way back to Fly, and its volume. */
export interface Tombstone {
  readonly id: string;
  readonly fly_app: string;
  readonly region: string;
  readonly volume_id: string | null;
  readonly machine_gone: boolean;
  /** Still there, still to be kept, and nobody has begun to delete it. */
  readonly keeps_volume: boolean;
  readonly last_error: string | null;
}

/** The new machine has failed, or is left over from an owner that fell silent: its row retires, the volume stays. */
const givenUp = (why: string) => `
  update machines m
     set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'failed', last_error = ${why}
    from p where m.project_id = p.id and m.state = 'provisioning'`;

/** Longer than a transition can last: while it does, nothing deletes the volume. */
const keptForUndoSecs = 3600;

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

  /** Waking → active on the machine as before, which is gone: to be tried again, after a while if it has failed. */
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
       ), given_up as (${givenUp('$4')})
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'rebuild_put_back', id, machine_id, epoch, $3, $4 from p
       returning id`,
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

  /** What the last archive of a project left behind; never an earlier one's, whose data is older. */
  async tombstone(projectId: string): Promise<Tombstone | undefined> {
    const rows = await this.#db.query<Tombstone>(
      `select id, fly_app, region, volume_id, machine_gone_at is not null as machine_gone, last_error,
              ${keepsVolume} as keeps_volume
         from machines m
        where project_id = $1 and keep_volume_until is not null
        order by retiring_at desc
        limit 1`,
      [projectId],
    );
    return rows[0];
  }

  /** What the last proven archive of a project says of itself; null if nothing. */
  async lastManifest(projectId: string): Promise<unknown> {
    const [archive] = await this.#db.query<{ manifest: unknown }>(
      `select manifest from archives where project_id = $1 and proven_at is not null order by proven_at desc limit 1`,
      [projectId],
    );
    return archive?.manifest ?? null;
  }

  /**
   * Dormant → waking on the volume that the archive left behind. The volume's keep time is extended in its own row, since
   * that is what the statement that marks it as being deleted checks once more under the row's lock; a condition on
   * other rows would be judged by what that statement saw when it began. Undefined when another was first or the mark is set.
   */
  async beginUndo(
    project: Pick<ProjectRow, 'id' | 'epoch'>,
    tombstoneId: string,
    wanted: MachineToMoveIn,
    by: { owner: string; actor: string },
  ): Promise<ProjectRow | undefined> {
    const [begun] = await afterLocking<ProjectRow>(
      this.#db,
      project.id,
      `with kept as (
         update machines m
            set keep_volume_until = greatest(keep_volume_until, valet_now() + make_interval(secs => $15))
           from projects p
          where m.id = $3 and m.project_id = p.id and ${keepsVolume}
            and p.id = $1 and p.epoch = $2 and p.state = any($14)
         returning m.id
       ), p as (
         update projects
            set state = $11, epoch = nextval('epochs'), transition_from = state, transition_owner = $12,
                transition_began_at = valet_now(), transition_deadline = valet_now() + make_interval(secs => $13)
           from kept where projects.id = $1
         returning projects.*
       ), m as (
         insert into machines (takes_volume_of, id, environment, fly_app, name, region, image, config_hash, state,
                               project_id, provisioning_deadline)
         select $3, $4, $5, $6, $7, $8, $9, $10, 'provisioning', id, valet_now() + make_interval(secs => $16) from p
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor) select 'undo_begun', id, $3, epoch, $17 from p
       )
       select ${projectColumns} from p`,
      [
        project.id,
        project.epoch,
        tombstoneId,
        ...machineValues(wanted),
        nextState('dormant', 'begin_undo'),
        by.owner,
        transitionDeadlineSecs,
        statesBefore('begin_undo'),
        keptForUndoSecs,
        provisioningDeadlineSecs,
        by.actor,
      ],
    );
    return begun;
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

const keepsVolume = `(m.state = 'retiring' and m.volume_id is not null and m.volume_deleting_at is null
              and m.volume_gone_at is null and m.keep_volume_until > valet_now())`;

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

function machineValues(wanted: MachineToMoveIn): string[] {
  const { id, environment, flyApp, name, region, image, configHash } = wanted;
  return [id, environment, flyApp, name, region, image, configHash];
}
