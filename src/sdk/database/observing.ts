import type { ProjectState } from '../lifecycle/states.js';
import { nextState, statesBefore } from '../lifecycle/transitions.js';
import type { ProjectId } from '../projects/project-id.js';
import type { Database } from './database.js';
import { machineColumns, type WholeMachine } from './machines.js';
import { afterLocking } from './project-lock.js';

/** A machine that Fly should know, and what is known of its absence. */
export interface WatchedMachine extends WholeMachine {
  /** How often Fly has denied it without a break. */
  readonly missing_looks: number;
  readonly volume_missing_looks: number;
  /** Of the project that it serves; null where there is none, or it is not that project's machine yet. */
  readonly project_state: ProjectState | null;
  readonly project_epoch: number | null;
}

/** A machine of an active project, denied long and often enough. */
export interface GoneMachine extends WatchedMachine {
  readonly project_id: ProjectId;
  readonly project_state: 'active';
  readonly project_epoch: number;
}

/** What a look that found nothing comes to. */
export interface Missed {
  readonly looks: number;
  /** Denied twice, the second time long enough after the first (G10). */
  readonly proven: boolean;
}

/** Just after a create Fly may deny what is there, and it has denied live machines for a while (G10). */
const believedAfterSecs = 5 * 60;

const watched = `
  select ${machineColumns}, m.missing_looks, m.volume_missing_looks, p.state as project_state, p.epoch as project_epoch
    from machines m left join projects p on p.id = m.project_id and p.machine_id = m.id
   where m.state in ('ready', 'assigned') and m.fly_id is not null`;

/** What Fly was seen to say of machines and volumes, and what follows where it denies them. */
export class ObservingTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Machines that Fly should know, in the order of their ids. */
  async page(environment: string, afterId: string, limit: number): Promise<WatchedMachine[]> {
    return this.#db.query<WatchedMachine>(
      `${watched} and m.environment = $1 and m.id > $2
        order by m.id
        limit $3`,
      [environment, afterId, limit],
    );
  }

  /** The machine that serves a project. */
  async ofProject(id: ProjectId): Promise<WatchedMachine | undefined> {
    const rows = await this.#db.query<WatchedMachine>(`${watched} and p.id = $1`, [id]);
    return rows[0];
  }

  /**
   * Fly denies the machine. Counted only if nobody has counted since it was read: two instances that looked at the same
   * moment have looked once. Undefined: not counted, be it that the row is too young to say anything.
   */
  async missed(seen: WatchedMachine, actor: string): Promise<Missed | undefined> {
    const rows = await this.#db.query<Missed>(
      `with m as (
         update machines set missing_since = coalesce(missing_since, valet_now()), missing_looks = missing_looks + 1
          where id = $1 and fly_id = $2 and state in ('ready', 'assigned') and missing_looks = $3
            and created_at <= valet_now() - make_interval(secs => $5)
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, actor, why)
         select 'machine_missing', project_id, id, $4, 'Fly does not know ' || fly_id from m where missing_looks = 1
       )
       select missing_looks as looks,
              missing_looks >= 2 and missing_since <= valet_now() - make_interval(secs => $5) as proven
         from m`,
      [seen.id, seen.fly_id, seen.missing_looks, actor, believedAfterSecs],
    );
    return rows[0];
  }

  /** The same for the volume of a machine that is gone. */
  async volumeMissed(gone: GoneMachine, actor: string): Promise<Missed | undefined> {
    const rows = await this.#db.query<Missed>(
      `with m as (
         update machines
            set volume_missing_since = coalesce(volume_missing_since, valet_now()),
                volume_missing_looks = volume_missing_looks + 1
          where id = $1 and volume_id = $2 and state = 'assigned' and volume_missing_looks = $3
            and created_at <= valet_now() - make_interval(secs => $5)
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, actor, why)
         select 'volume_missing', project_id, id, $4, 'Fly does not know ' || volume_id from m
          where volume_missing_looks = 1
       )
       select volume_missing_looks as looks,
              volume_missing_looks >= 2 and volume_missing_since <= valet_now() - make_interval(secs => $5) as proven
         from m`,
      [gone.id, gone.volume_id, gone.volume_missing_looks, actor, believedAfterSecs],
    );
    return rows[0];
  }

  async volumeSeen(gone: GoneMachine): Promise<void> {
    await this.#db.query(
      `update machines set volume_missing_since = null, volume_missing_looks = 0
        where id = $1 and volume_id = $2`,
      [gone.id, gone.volume_id],
    );
  }

  /** Fly has moved the machine's data to another volume: the same data under another id. */
  async volumeMigrated(seen: WatchedMachine, volumeId: string, actor: string): Promise<void> {
    await this.#db.query(
      `with m as (
         update machines set volume_id = $3, volume_missing_since = null, volume_missing_looks = 0
          where id = $1 and volume_id is not distinct from $2 and state in ('ready', 'assigned')
         returning *
       )
       insert into events (what, project_id, machine_id, actor, why)
       select 'volume_migrated', project_id, id, $4, 'from ' || coalesce($2, 'none') || ' to ' || $3 from m`,
      [seen.id, seen.volume_id, volumeId, actor],
    );
  }

  /** A member of the pool whose machine is proven gone retires. Its volume holds nobody's data. */
  async giveUpGone(member: WatchedMachine, looks: number, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         update machines
            set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = 'gone',
                last_error = 'it is gone at Fly'
          where id = $1 and state = 'ready' and missing_looks = $2
         returning id
       )
       insert into events (what, machine_id, actor, why) select 'machine_given_up', id, $3, 'it is gone at Fly' from m
       returning id`,
      [member.id, looks, actor],
    );
    return rows.length === 1;
  }

  /**
   * Active → lost: machine and volume are proven gone. Its machine's row is retired at once: nothing is left to be
   * deleted, and if Fly was wrong after all, nothing of ours has deleted it.
   */
  async lose(gone: GoneMachine, looks: Looks, actor: string): Promise<Lost | undefined> {
    const [lost] = await afterLocking<Lost>(
      this.#db,
      gone.project_id,
      `with m as (
         update machines
            set state = 'retired', retire_cause = 'gone', retiring_at = valet_now(), retired_at = valet_now(),
                machine_gone_at = valet_now(), volume_gone_at = valet_now(), fly_state = 'destroyed'
           from projects p
          where machines.id = $3 and machines.state = 'assigned' and machines.project_id = p.id
            and p.id = $1 and p.epoch = $2 and p.state = any($7) and p.machine_id = $3
            and machines.missing_looks = $4 and machines.volume_missing_looks = $5
            and machines.missing_since <= valet_now() - make_interval(secs => $8)
            and machines.volume_missing_since <= valet_now() - make_interval(secs => $8)
         returning machines.id, machines.fly_id, machines.volume_id
       ), p as (
         update projects set state = $6, epoch = nextval('epochs'), machine_id = null, resume_pending = false
           from m where projects.id = $1
         returning projects.id, projects.epoch, projects.current_archive_id
       ), told as (
         select p.id, p.epoch, m.id as machine_id,
                'machine ' || m.fly_id || ' and volume ' || m.volume_id || ' are gone at Fly; ' ||
                coalesce('its last archive is ' || a.id || ' of ' || to_char(a.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
                         'it has no archive') as why
           from p cross join m left join archives a on a.id = p.current_archive_id
       ), noted as (
         insert into events (what, project_id, machine_id, epoch, actor, why)
         select 'lost', id, machine_id, epoch, $9, why from told
       )
       select why from told`,
      [
        gone.project_id,
        gone.project_epoch,
        gone.id,
        looks.machine,
        looks.volume,
        nextState('active', 'lose'),
        statesBefore('lose'),
        believedAfterSecs,
        actor,
      ],
    );
    return lost;
  }
}

/** As often had been looked when the proof was complete: any look since then, by anybody, refuses what follows from it. */
export interface Looks {
  readonly machine: number;
  readonly volume: number;
}

export interface Lost {
  /** What is gone, and from which archive an operator could restore it. */
  readonly why: string;
}
