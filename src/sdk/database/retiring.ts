import type { Queryable } from './database.js';
import { type MachineRow, machineColumns } from './machines.js';

/** A machine on its way back to Fly, with how far it has come. */
export interface RetiringRow extends MachineRow {
  readonly machine_gone: boolean;
  readonly volume_gone: boolean;
  /** False where the volume has moved to another row, or never came to this one. */
  readonly has_volume: boolean;
  /** The one-way mark: once set, the volume is no longer there to be moved back. */
  readonly volume_deleting: boolean;
  readonly keep_volume_secs: number;
  /** Seconds since the row was made: absence of something young proves nothing yet. */
  readonly age_secs: number;
  /** Seconds since it was given up. */
  readonly retiring_secs: number;
  /** It was offered or claimed, and nothing has shown yet that nobody's data is on it. */
  readonly to_be_asked: boolean;
}

const columns = `${machineColumns},
  m.machine_gone_at is not null as machine_gone, m.volume_gone_at is not null as volume_gone,
  m.volume_name is not null as has_volume,
  m.volume_deleting_at is not null as volume_deleting,
  coalesce(extract(epoch from m.keep_volume_until - valet_now()), 0)::float8 as keep_volume_secs,
  extract(epoch from valet_now() - m.created_at)::float8 as age_secs,
  coalesce(extract(epoch from valet_now() - m.retiring_at), 0)::float8 as retiring_secs,
  m.ready_at is not null and m.cleared_at is null
    and coalesce(m.retire_cause not in ('archived', 'deleted', 'moved', 'gone'), true) as to_be_asked`;

/** What is in quarantine, or was kept there by an operator, is left alone whatever its row says. */
const atLarge = `not exists (
  select 1 from quarantine q where q.fly_id in (m.fly_id, m.volume_id) and q.confirmed_at is not null
     and q.verdict is distinct from 'remove')`;

/** Of the project that a row of `m` has served; null where there is none. */
const epochNow = '(select p.epoch from projects p where p.id = m.project_id)';

/** The statements that give machines and volumes back. `retiring` is itself the mark that a machine may be deleted. */
export class RetiringTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** A machine that failed between claim and activation, while its project is still this owner's. */
  async giveUpAssigned(
    id: string,
    owner: { projectId: string; epoch: number; owner: string },
    why: string,
  ): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         update machines
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'failed',
                last_error = $5
           from projects p
          where machines.id = $1 and machines.state in ('assigned', 'provisioning') and machines.project_id = $2
            and p.id = $2 and p.epoch = $3 and p.transition_owner = $4 and p.state in ('creating', 'waking')
         returning machines.id
       )
       insert into events (what, project_id, machine_id, epoch, actor, why) select 'machine_given_up', $2, id, $3, $4, $5 from m
       returning id`,
      [id, owner.projectId, owner.epoch, owner.owner, why],
    );
    return rows.length === 1;
  }

  /** A pool member that could not be provisioned. */
  async giveUpProvisioning(id: string, actor: string, why: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         update machines
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'failed',
                last_error = $3
          where id = $1 and state = 'provisioning'
         returning id, project_id
       )
       insert into events (what, project_id, machine_id, actor, why) select 'machine_given_up', project_id, id, $2, $3 from m
       returning id`,
      [id, actor, why],
    );
    return rows.length === 1;
  }

  /** Provisioning rows whose owner has fallen silent: retired, never continued. */
  async giveUpAbandoned(environment: string, actor: string, limit: number): Promise<string[]> {
    const rows = await this.#db.query<{ machine_id: string }>(
      `with abandoned as (
         select id from machines
          where environment = $1 and state = 'provisioning' and provisioning_deadline < valet_now()
          order by provisioning_deadline
          limit $3
          for update skip locked
       ), m as (
         update machines
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'abandoned',
                last_error = 'its owner fell silent while provisioning it'
           from abandoned where machines.id = abandoned.id
         returning machines.id, machines.project_id
       )
       insert into events (what, project_id, machine_id, actor, why)
       select 'machine_given_up', project_id, id, $2, 'its owner fell silent while provisioning it' from m
       returning machine_id`,
      [environment, actor, limit],
    );
    return rows.map((row) => row.machine_id);
  }

  /** Machines whose next step is due and that are not in quarantine, the longest due first. */
  async due(environment: string, limit: number): Promise<RetiringRow[]> {
    return this.#db.query<RetiringRow>(
      `select ${columns} from machines m
        where m.environment = $1 and m.state = 'retiring' and m.next_attempt_at <= valet_now() and ${atLarge}
        order by m.next_attempt_at
        limit $2`,
      [environment, limit],
    );
  }

  /** Seconds until the next step of any machine is due; null when none is retiring. */
  async nextDueSecs(environment: string): Promise<number | null> {
    const [row] = await this.#db.query<{ secs: number | null }>(
      `select extract(epoch from min(m.next_attempt_at) - valet_now())::float8 as secs from machines m
        where m.environment = $1 and m.state = 'retiring' and ${atLarge}`,
      [environment],
    );
    return row?.secs ?? null;
  }

  /**
   * An id that was found after the row had lost track of it. It may come so late (an owner that was paused in the middle
   * of a call) that the row has been taken for done: then it is not.
   */
  async foundMachine(id: string, flyId: string): Promise<void> {
    await this.#db.query(
      `update machines
          set fly_id = $2, state = 'retiring', machine_gone_at = null, retired_at = null, next_attempt_at = valet_now()
        where id = $1 and state in ('retiring', 'retired') and fly_id is null`,
      [id, flyId],
    );
  }

  async foundVolume(id: string, volumeId: string): Promise<void> {
    await this.#db.query(
      `update machines
          set volume_id = $2, state = 'retiring', volume_gone_at = null, retired_at = null, next_attempt_at = valet_now()
        where id = $1 and state in ('retiring', 'retired') and volume_id is null`,
      [id, volumeId],
    );
  }

  /** It was asked, or could not be: from now on it may be deleted. */
  async cleared(id: string, actor: string, why: string): Promise<void> {
    await this.#db.query(
      `with m as (
         update machines set cleared_at = valet_now(), attempts = 0, next_attempt_at = valet_now()
          where id = $1 and state = 'retiring' and cleared_at is null
         returning id, project_id
       )
       insert into events (what, project_id, machine_id, actor, why) select 'machine_cleared', project_id, id, $2, $3 from m`,
      [id, actor, why],
    );
  }

  /** Fly answered 404 for the machine, or it never existed. */
  async machineGone(id: string, nextAttemptSecs: number, actor: string): Promise<void> {
    await this.#db.query(
      `with m as (
         update machines
            set machine_gone_at = valet_now(), fly_state = 'destroyed', fly_state_at = valet_now(), attempts = 0,
                next_attempt_at = valet_now() + make_interval(secs => $2)
          where id = $1 and state = 'retiring' and machine_gone_at is null
         returning id, project_id, retire_cause
       )
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'machine_gone', project_id, id, ${epochNow}, $3, retire_cause from m`,
      [id, nextAttemptSecs, actor],
    );
  }

  /** The last word before the volume is deleted: sets the one-way mark, unless the volume's keep time was renewed. */
  async markVolumeDeleting(id: string, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with before as (
         select id, volume_deleting_at is null as is_first from machines
          where id = $1 and state = 'retiring' and machine_gone_at is not null and volume_id is not null
            and (volume_deleting_at is not null or keep_volume_until is null or keep_volume_until <= valet_now())
            for update
       ), m as (
         update machines set volume_deleting_at = coalesce(volume_deleting_at, valet_now())
           from before where machines.id = before.id
         returning machines.id, machines.project_id, machines.volume_id, machines.retire_cause, before.is_first
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'volume_deleting', project_id, id, ${epochNow}, $2, concat_ws(': ', volume_id, retire_cause) from m where is_first
       )
       select id from m`,
      [id, actor],
    );
    return rows.length === 1;
  }

  async volumeGone(id: string, actor: string): Promise<void> {
    await this.#db.query(
      `with m as (
         update machines
            set volume_gone_at = valet_now(), state = 'retired', retired_at = valet_now(), next_attempt_at = null, last_error = null
          where id = $1 and state = 'retiring' and machine_gone_at is not null
         returning id, project_id, retire_cause
       )
       insert into events (what, project_id, machine_id, epoch, actor, why)
       select 'machine_retired', project_id, id, ${epochNow}, $2, retire_cause from m`,
      [id, actor],
    );
  }

  async postpone(id: string, secs: number, error: string | null): Promise<void> {
    await this.#db.query(
      `update machines set next_attempt_at = valet_now() + make_interval(secs => $2),
              attempts = attempts + 1, last_error = coalesce($3, last_error)
        where id = $1 and state = 'retiring'`,
      [id, secs, error],
    );
  }
}
