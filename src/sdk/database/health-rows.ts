import { withHealthSession } from './health-session.js';

/** A lock that a session holds now. */
export interface HeldLock {
  readonly lock: number;
  /** What the session calls itself. */
  readonly application: string;
  /** Null over a socket of the same computer, and where it may not be seen. */
  readonly address: string | null;
}

export interface AtWork {
  readonly locks: readonly HeldLock[];
  /** Sessions that wait for news: each `valet serve` has one as long as it runs. */
  readonly listeners: number;
}

/** What a statement of Valet needs to be allowed. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  projects: ['select', 'insert', 'update', 'delete'],
  machines: ['select', 'insert', 'update'],
  archives: ['select', 'insert', 'update'],
  events: ['select', 'insert'],
  installation: ['select', 'insert', 'update'],
  quarantine: ['select', 'insert', 'update', 'delete'],
  pool_breakers: ['select', 'insert', 'update', 'delete'],
  pool_kinds: ['select', 'insert', 'update'],
  idempotency_keys: ['select', 'insert', 'update', 'delete'],
  create_limits: ['select', 'insert', 'update', 'delete'],
  valet_migrations: ['select'],
};

export const neededRights = Object.entries(verbs).flatMap(([table, needed]) => needed.map((verb) => ({ table, verb })));

/** Questions about what is in the database and who is at work on it. None changes anything. */
export class DatabaseContents {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** What the user of DATABASE_URL may not do, as `update projects`. */
  async missingRights(signal: AbortSignal): Promise<string[]> {
    const rows = await withHealthSession({ url: this.#url, signal }, (session) =>
      session.query<{ missing: string }>(
        `select needed.verb || ' ' || needed.name as missing
           from unnest($1::text[], $2::text[]) as needed (name, verb)
          where not has_table_privilege(needed.name, needed.verb)
         union all
         select needed.verb || ' epochs'
           from unnest(array['usage', 'select', 'update']) as needed (verb)
          where not has_sequence_privilege('epochs', needed.verb)
         union all
         select 'execute valet_now' where not has_function_privilege('valet_now()', 'execute')`,
        [neededRights.map(({ table }) => table), neededRights.map(({ verb }) => verb)],
      ),
    );
    return rows.map(({ missing }) => missing);
  }

  async atWork(locks: readonly number[], signal: AbortSignal): Promise<AtWork> {
    return withHealthSession({ url: this.#url, signal }, async (session) => {
      const held = await session.query<HeldLock>(
        `select l.objid::int as lock, coalesce(a.application_name, '') as application, host(a.client_addr) as address
           from pg_locks l
           left join pg_stat_activity a on a.pid = l.pid
          where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objsubid = 1 and l.objid = any ($1)
            and l.database = (select oid from pg_database where datname = current_database())
          order by l.objid`,
        [locks],
      );
      const [counted] = await session.query<{ listeners: number }>(
        `select count(*)::int as listeners from pg_stat_activity
          where datname = current_database() and application_name like 'valet-listen%'`,
      );
      return { locks: held, listeners: counted?.listeners ?? 0 };
    });
  }

  /** Machines of ours that were last seen started, those seen last first. */
  async startedMachines(
    most: number,
    signal: AbortSignal,
  ): Promise<{ readonly flyId: string; readonly name: string }[]> {
    return withHealthSession({ url: this.#url, signal }, (session) =>
      session.query<{ flyId: string; name: string }>(
        `select fly_id as "flyId", name from machines
          where state in ('ready', 'assigned') and fly_id is not null and fly_state = 'started'
          order by fly_state_at desc nulls last
          limit $1`,
        [most],
      ),
    );
  }
}
