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

/** Something that carries our stamp and that no living row accounts for. */
export interface Suspicion {
  readonly fly_id: string;
  readonly kind: 'machine' | 'volume';
  readonly name: string;
  readonly region: string;
  readonly fly_state: string;
  readonly machine_id: string | null;
  readonly project_id: string | null;
  readonly detail: string;
}

const columns = `
  q.fly_id, q.kind, q.name, q.region, q.fly_state, q.machine_id, q.project_id, q.reason, q.detail, q.first_seen_at,
  q.last_seen_at, q.confirmed_at, q.verdict`;

/** What is suspected, and what is confirmed and waits for an operator (G13). */
export class QuarantineTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** What stops destructive work: confirmed and without a verdict. */
  async open(): Promise<{ readonly first: QuarantineRow | undefined; readonly count: number }> {
    const rows = await this.#db.query<QuarantineRow & { count: number }>(
      `select ${columns}, count(*) over () as count from quarantine q
        where q.confirmed_at is not null and q.verdict is null
        order by q.confirmed_at
        limit 1`,
    );
    return { first: rows[0], count: rows[0]?.count ?? 0 };
  }

  /** Those without a verdict first, then those that were kept; the oldest first. */
  async list(limit: number): Promise<QuarantineRow[]> {
    return this.#db.query<QuarantineRow>(
      `select ${columns} from quarantine q
        where q.verdict is distinct from 'remove'
        order by q.verdict is not null, q.first_seen_at, q.fly_id
        limit $1`,
      [limit],
    );
  }

  async find(flyId: string): Promise<QuarantineRow | undefined> {
    const rows = await this.#db.query<QuarantineRow>(`select ${columns} from quarantine q where q.fly_id = $1`, [
      flyId,
    ]);
    return rows[0];
  }

  /**
   * Writes down what was seen. What was not seen for longer than `staleSecs` in between counts as seen for the first
   * time. Answers those that were first seen at least `graceSecs` ago.
   */
  async sight(
    suspicions: readonly Suspicion[],
    { graceSecs, staleSecs }: { graceSecs: number; staleSecs: number },
  ): Promise<QuarantineRow[]> {
    if (suspicions.length === 0) return [];
    return this.#db.query<QuarantineRow>(
      `with q as (
         insert into quarantine (fly_id, kind, name, region, fly_state, machine_id, project_id, reason, detail)
         select fly_id, kind, name, region, fly_state, machine_id, project_id, 'no_row', detail
           from jsonb_to_recordset($1::jsonb) as s(fly_id text, kind text, name text, region text, fly_state text,
                                                   machine_id text, project_id text, detail text)
         on conflict (fly_id) do update
            set first_seen_at = case when quarantine.confirmed_at is null
                                      and quarantine.last_seen_at < valet_now() - make_interval(secs => $3)
                                     then valet_now() else quarantine.first_seen_at end,
                last_seen_at = valet_now(), fly_state = excluded.fly_state, machine_id = excluded.machine_id,
                project_id = excluded.project_id, detail = excluded.detail
          where quarantine.verdict is null and quarantine.reason = 'no_row'
         returning *
       )
       select ${columns} from q where q.first_seen_at <= valet_now() - make_interval(secs => $2)
        order by q.first_seen_at, q.fly_id`,
      [JSON.stringify(suspicions), graceSecs, staleSecs],
    );
  }

  /** Listed by Fly, whatever may be said of it. */
  async seen(flyIds: readonly string[]): Promise<void> {
    await this.#db.query(`update quarantine set last_seen_at = valet_now() where fly_id = any($1)`, [flyIds]);
  }

  /** Suspicions become facts that stop destructive work. */
  async confirm(flyIds: readonly string[], actor: string): Promise<string[]> {
    const rows = await this.#db.query<{ fly_id: string }>(
      `with q as (
         update quarantine set confirmed_at = valet_now()
          where fly_id = any($1) and confirmed_at is null and verdict is null
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, actor, why)
         select 'quarantined', project_id, machine_id, $2, kind || ' ' || name || ' (' || fly_id || '): ' || detail from q
       )
       select fly_id from q`,
      [flyIds, actor],
    );
    return rows.map((row) => row.fly_id);
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

  /** Not among those that Fly lists: each is to be asked about by its id. */
  async unlisted(listed: readonly string[], limit: number): Promise<QuarantineRow[]> {
    return this.#db.query<QuarantineRow>(
      `select ${columns} from quarantine q where q.fly_id <> all($1) order by q.last_seen_at limit $2`,
      [listed, limit],
    );
  }

  /** A row accounts for it after all. */
  async accountedFor(flyIds: readonly string[]): Promise<void> {
    await this.#db.query(`delete from quarantine where fly_id = any($1) and reason = 'no_row' and verdict is null`, [
      flyIds,
    ]);
  }

  /** Fly denies it by its id, and has not listed it for `unseenSecs`. */
  async vanished(flyId: string, unseenSecs: number, actor: string): Promise<boolean> {
    const rows = await this.#db.query(
      `with q as (
         delete from quarantine where fly_id = $1 and last_seen_at <= valet_now() - make_interval(secs => $2)
         returning *
       ), noted as (
         insert into events (what, project_id, machine_id, actor, why)
         select 'quarantine_ended', project_id, machine_id, $3, kind || ' ' || name || ' (' || fly_id || ') is gone at Fly'
           from q where confirmed_at is not null
       )
       select fly_id from q`,
      [flyId, unseenSecs, actor],
    );
    return rows.length === 1;
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
