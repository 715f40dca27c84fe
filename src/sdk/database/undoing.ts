import { nextState, statesBefore } from '../lifecycle/transitions.js';
import type { Database } from './database.js';
import { provisioningDeadlineSecs } from './machines.js';
import { afterLocking } from './project-lock.js';
import { type ProjectRow, projectColumns, transitionDeadlineSecs } from './projects.js';
import { type MachineToMoveIn, machineValues } from './volume-moves.js';

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

/** Longer than a transition can last: while it does, nothing deletes the volume. */
const keptForUndoSecs = 3600;

const keepsVolume = `(m.state = 'retiring' and m.volume_id is not null and m.volume_deleting_at is null
              and m.volume_gone_at is null and m.keep_volume_until > valet_now())`;

/** What is left of an archived project at Fly, and the statement that begins to undo the archive. */
export class UndoingTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
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
}
