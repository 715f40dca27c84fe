import type { Queryable } from './database.js';
import { type QuarantineRow, quarantineColumns } from './quarantine.js';

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

/** What the search for orphans has seen: a suspicion, until it is confirmed. */
export class SightingTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
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
       select ${quarantineColumns} from q where q.first_seen_at <= valet_now() - make_interval(secs => $2)
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

  /** Not among those that Fly lists: each is to be asked about by its id. */
  async unlisted(listed: readonly string[], limit: number): Promise<QuarantineRow[]> {
    return this.#db.query<QuarantineRow>(
      `select ${quarantineColumns} from quarantine q where q.fly_id <> all($1) order by q.last_seen_at limit $2`,
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
}
