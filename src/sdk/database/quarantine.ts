import type { MachineIdentity } from '../machines/protocol.js';
import type { Queryable } from './database.js';

export type QuarantineReason = 'no_row' | 'other_project' | 'larger_epoch' | 'other_secret';

export interface QuarantineRow {
  /** Fly's id. */
  readonly fly_id: string;
  readonly kind: 'machine' | 'volume';
  readonly name: string;
  readonly region: string | null;
  readonly fly_state: string | null;
  /** Our row that it has to do with, where there is one. */
  readonly machine_id: string | null;
  readonly project_id: string | null;
  readonly reason: QuarantineReason;
  readonly detail: string | null;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  /** Null while it is a suspicion. */
  readonly confirmed_at: Date | null;
  readonly verdict: 'remove' | 'keep' | null;
}

export const quarantineColumns = `
  q.fly_id, q.kind, q.name, q.region, q.fly_state, q.machine_id, q.project_id, q.reason, q.detail, q.first_seen_at,
  q.last_seen_at, q.confirmed_at, q.verdict`;

/** What waits for an operator, and what he has decided (G13). What the search for orphans sees is in `sightings.ts`. */
export class QuarantineTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** What stops destructive work: confirmed and without a verdict. */
  async open(): Promise<{ readonly first: QuarantineRow | undefined; readonly count: number }> {
    const rows = await this.#db.query<QuarantineRow & { count: number }>(
      `select ${quarantineColumns}, count(*) over () as count from quarantine q
        where q.confirmed_at is not null and q.verdict is null
        order by q.confirmed_at
        limit 1`,
    );
    return { first: rows[0], count: rows[0]?.count ?? 0 };
  }

  /** Those without a verdict first, then those that were kept; the oldest first. */
  async list(limit: number): Promise<QuarantineRow[]> {
    return this.#db.query<QuarantineRow>(
      `select ${quarantineColumns} from quarantine q
        where q.verdict is distinct from 'remove'
        order by q.verdict is not null, q.first_seen_at, q.fly_id
        limit $1`,
      [limit],
    );
  }

  async find(flyId: string): Promise<QuarantineRow | undefined> {
    const rows = await this.#db.query<QuarantineRow>(
      `select ${quarantineColumns} from quarantine q where q.fly_id = $1`,
      [flyId],
    );
    return rows[0];
  }

  /**
   * Holds what a machine says against what its row and its project's row say now, in one statement, so that no decision
   * made in between counts against it. A contradiction is confirmed at once. Undefined when it says what it should.
   */
  async contradiction(
    machine: { name: string },
    says: MachineIdentity,
    actor: string,
  ): Promise<QuarantineReason | undefined> {
    const refused = 'refused' in says;
    const rows = await this.#db.query<{ reason: QuarantineReason }>(
      `with said as (
         select m.id, m.fly_id, m.name, m.region, m.fly_state, m.project_id,
                -- A machine that never came to be ready may run anything.
                case when $2::boolean then case when m.ready_at is not null then 'other_secret' end
                     when $3::text is not null and $3 is distinct from m.project_id then 'other_project'
                     when $4::bigint > p.epoch then 'larger_epoch'
                end as reason,
                case when $2 then 'it refuses the secret that its name gives'
                     else format('it says project %s and epoch %s, its row says project %s and epoch %s', coalesce($3, 'none'),
                                 coalesce($4::text, 'none'), coalesce(m.project_id, 'none'), coalesce(p.epoch::text, 'none'))
                end as detail
           from machines m left join projects p on p.id = m.project_id
          where m.name = $1 and m.fly_id is not null
       ), known as (
         select q.fly_id from quarantine q join said on said.fly_id = q.fly_id where q.confirmed_at is not null
       ), q as (
         insert into quarantine (fly_id, kind, name, region, fly_state, machine_id, project_id, reason, detail, confirmed_at)
         select fly_id, 'machine', name, region, fly_state, id, project_id, reason, detail, valet_now()
           from said where reason is not null
         on conflict (fly_id) do update
            set last_seen_at = valet_now(), confirmed_at = coalesce(quarantine.confirmed_at, valet_now()),
                machine_id = excluded.machine_id, project_id = excluded.project_id, reason = excluded.reason,
                detail = excluded.detail
          where quarantine.verdict is null
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, actor, why)
         select 'quarantined', project_id, machine_id, $5, detail from q where fly_id not in (select fly_id from known)
       )
       select reason from said where reason is not null`,
      [machine.name, refused, refused ? null : says.project_id, refused ? null : says.epoch, actor],
    );
    return rows[0]?.reason;
  }

  /** Left alone from now on. Answers those that were confirmed and are not being removed. */
  async keep(flyIds: readonly string[], actor: string): Promise<string[]> {
    const rows = await this.#db.query<{ fly_id: string }>(
      `with q as (
         update quarantine set verdict = 'keep', verdict_at = valet_now(), verdict_by = $2
          where fly_id = any($1) and confirmed_at is not null and verdict is distinct from 'remove'
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, actor, why)
         select 'orphan_kept', project_id, machine_id, $2, kind || ' ' || name || ' (' || fly_id || ')' from q
       )
       select fly_id from q`,
      [flyIds, actor],
    );
    return rows.map((row) => row.fly_id);
  }
}
