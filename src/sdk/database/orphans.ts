import type { OwnRow } from '../upkeep/orphan-verdict.js';
import type { Queryable } from './database.js';

export interface OrphanKeys {
  readonly machines: readonly { readonly id: string; readonly name: string; readonly mark: string | undefined }[];
  readonly volumes: readonly { readonly id: string; readonly name: string }[];
}

export interface AdoptedMachine {
  readonly flyId: string;
  readonly name: string;
  readonly region: string;
  /** The volume that it mounts, with our stamp. */
  readonly volumeId: string | null;
}

/** So says the operator, by name; what was confirmed alone may be removed. */
const removal = (from: string) => `
  update quarantine q set verdict = 'remove', verdict_at = valet_now(), verdict_by = $2 from ${from}`;

const removable = `exists (
  select 1 from quarantine q where q.fly_id = $1 and q.confirmed_at is not null and q.verdict is distinct from 'remove')`;

const noted = `
  insert into events (what, project_id, machine_id, actor, why)
  select 'orphan_removed', project_id, machine_id, $2, kind || ' ' || name || ' (' || fly_id || ')' from decided`;

/** Whose something is, and the statements that make it the row of something that retires. */
export class OrphanTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** Every row, retired ones too, that could account for one of these. */
  async rowsAbout({ machines, volumes }: OrphanKeys): Promise<OwnRow[]> {
    return this.#db.query<OwnRow>(
      `select id, name, volume_name, fly_id, volume_id, state, project_id, machine_gone_at is not null as machine_gone,
              volume_gone_at is not null as volume_gone,
              ready_at is not null and project_id is not null and coalesce(retire_cause = 'gone', true) as holds_data
         from machines
        where fly_id = any($1) or name = any($2) or id = any($3) or volume_id = any($4) or volume_name = any($5)`,
      [
        machines.map(({ id }) => id),
        machines.map(({ name }) => name),
        machines.flatMap(({ mark }) => (mark === undefined ? [] : [mark])),
        volumes.map(({ id }) => id),
        volumes.map(({ name }) => name),
      ],
    );
  }

  /** A machine that its row took for gone: given back once more. */
  async machineReturned(rowId: string, flyId: string, actor: string): Promise<boolean> {
    return this.#returned(
      `fly_id = $2, machine_gone_at = null, cleared_at = null`,
      `(fly_id is null or fly_id = $2) and machine_gone_at is not null`,
      [rowId, flyId, actor],
    );
  }

  async volumeReturned(rowId: string, volumeId: string, actor: string): Promise<boolean> {
    return this.#returned(
      `volume_id = $2, volume_gone_at = null`,
      `(volume_id is null or volume_id = $2) and volume_gone_at is not null and volume_name is not null`,
      [rowId, volumeId, actor],
    );
  }

  /** A row of its own for a volume beside the one that its row has. */
  async adoptSpare(
    volume: { readonly id: string; readonly region: string },
    own: { readonly environment: string; readonly flyApp: string },
    actor: string,
  ): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         insert into machines (id, environment, fly_app, name, volume_name, volume_id, region, image, config_hash, state,
                               retire_cause, retiring_at, next_attempt_at, machine_gone_at)
         select $1, $2, $3, $1, $1, $1, $4, '', '', 'retiring', 'orphan', valet_now(), valet_now(), valet_now()
          where not exists (select 1 from machines where volume_id = $1)
         on conflict do nothing
         returning id
       )
       insert into events (what, machine_id, actor, why) select 'orphan_adopted', id, $5, 'a spare volume' from m
       returning id`,
      [volume.id, own.environment, own.flyApp, volume.region, actor],
    );
    return rows.length === 1;
  }

  /** The row whose machine, or volume, this is. */
  async rowOf(flyId: string): Promise<Pick<OwnRow, 'id' | 'state' | 'project_id'> | undefined> {
    const rows = await this.#db.query<Pick<OwnRow, 'id' | 'state' | 'project_id'>>(
      `select id, state, project_id from machines where fly_id = $1 or volume_id = $1 limit 1`,
      [flyId],
    );
    return rows[0];
  }

  /**
   * An operator's word about a machine or volume that has a row: it goes, data and all, and is not asked any more. False
   * while the row says that a project uses it.
   */
  async removeOwn(flyId: string, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         update machines
            set state = 'retiring', retiring_at = coalesce(retiring_at, valet_now()), next_attempt_at = valet_now(),
                retire_cause = 'orphan', cleared_at = valet_now(), attempts = 0, keep_volume_until = null, retired_at = null,
                machine_gone_at = case when fly_id = $1 then null else machine_gone_at end,
                volume_gone_at = case when volume_id = $1 then null else volume_gone_at end
          where (fly_id = $1 or volume_id = $1) and state in ('ready', 'retiring', 'retired') and ${removable}
         returning id
       ), decided as (${removal('m')} where q.fly_id = $1 returning q.*)
       ${noted} returning id`,
      [flyId, actor],
    );
    return rows.length === 1;
  }

  /** The same for a machine without a row: it gets one, with the volume that it mounts, unless that is another row's. */
  async removeMachine(
    machine: AdoptedMachine,
    own: { readonly environment: string; readonly flyApp: string },
    actor: string,
  ): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         insert into machines (id, environment, fly_app, name, volume_name, fly_id, volume_id, region, image, config_hash,
                               state, retire_cause, retiring_at, next_attempt_at, cleared_at)
         select $1, $3, $4, case when exists (select 1 from machines where name = $5) then $1 else $5 end, v.id, $1, v.id, $6,
                '', '', 'retiring', 'orphan', valet_now(), valet_now(), valet_now()
           from (select 1) as one
           left join (select $7::text as id) as v
                  on v.id is not null and not exists (select 1 from machines where volume_id = $7)
          where ${removable}
         on conflict do nothing
         returning id
       ), decided as (${removal('m')} where q.fly_id = m.id returning q.*)
       ${noted} returning id`,
      [machine.flyId, actor, own.environment, own.flyApp, machine.name, machine.region, machine.volumeId],
    );
    return rows.length === 1;
  }

  async removeVolume(
    volume: { readonly id: string; readonly region: string },
    own: { readonly environment: string; readonly flyApp: string },
    actor: string,
  ): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         insert into machines (id, environment, fly_app, name, volume_name, volume_id, region, image, config_hash, state,
                               retire_cause, retiring_at, next_attempt_at, machine_gone_at)
         select $1, $3, $4, $1, $1, $1, $5, '', '', 'retiring', 'orphan', valet_now(), valet_now(), valet_now()
          where ${removable}
         on conflict do nothing
         returning id
       ), decided as (${removal('m')} where q.fly_id = m.id returning q.*)
       ${noted} returning id`,
      [volume.id, actor, own.environment, own.flyApp, volume.region],
    );
    return rows.length === 1;
  }

  async #returned(assignments: string, condition: string, values: readonly string[]): Promise<boolean> {
    const rows = await this.#db.query(
      `with m as (
         update machines
            set ${assignments}, state = 'retiring', retired_at = null, next_attempt_at = valet_now(), attempts = 0,
                retire_cause = 'orphan'
          where id = $1 and state in ('retiring', 'retired') and ${condition}
         returning id, project_id
       )
       insert into events (what, project_id, machine_id, actor, why)
       select 'orphan_adopted', project_id, id, $3, $2 || ' was taken for gone' from m
       returning id`,
      values,
    );
    return rows.length === 1;
  }
}
