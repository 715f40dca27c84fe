import { type DatabaseRefusal, refusalOf, withHealthSession } from './health-session.js';
import { migrationNames } from './migrate.js';

/** What a database says of itself at the door. */
export interface DatabaseFacts {
  /** As `server_version_num`: 150004 is 15.4. */
  readonly version: number;
  /** It repeats what another database does, and takes no writes. */
  readonly standby: boolean;
  /** The same for every connection to the same database of the same running server. */
  readonly identity: string;
}

export type Reached = ({ readonly reached: true } & DatabaseFacts) | ({ readonly reached: false } & DatabaseRefusal);

export interface ClockFacts {
  /** How far this computer is ahead of the database; negative: behind. */
  readonly aheadMs: number;
  /** How wrong that may be: half of what the question took. */
  readonly uncertainMs: number;
  /** How far `valet_now()` is from the database's own clock; null before the migrations. */
  readonly movedMs: number | null;
}

const looksAtTheClock = 3;

/** Questions about the database itself, each on a connection of its own. None changes anything. */
export class DatabaseHealth {
  readonly #urls: { readonly pooled: string; readonly direct: string };

  constructor(urls: { readonly pooled: string; readonly direct: string }) {
    this.#urls = urls;
  }

  async reach(by: 'pooled' | 'direct', signal: AbortSignal): Promise<Reached> {
    try {
      const [row] = await withHealthSession({ url: this.#urls[by], signal }, (session) =>
        session.query<DatabaseFacts>(
          `select current_setting('server_version_num')::int as version, pg_is_in_recovery() as standby,
                  d.oid || ' ' || d.datname || ' ' || extract(epoch from pg_postmaster_start_time()) as identity
             from pg_database d where d.datname = current_database()`,
        ),
      );
      if (row === undefined) throw new Error('it does not know its own name');
      return { reached: true, ...row };
    } catch (thrown) {
      signal.throwIfAborted();
      return { reached: false, ...refusalOf(thrown) };
    }
  }

  /** Migrations that the database has, and those of this version, in order. */
  async migrations(signal: AbortSignal): Promise<{ readonly applied: string[]; readonly known: string[] }> {
    const applied = await withHealthSession({ url: this.#urls.pooled, signal }, async (session) => {
      const [found] = await session.query<{ present: boolean }>(
        `select to_regclass('valet_migrations') is not null as present`,
      );
      if (!found?.present) return [];
      return session.query<{ name: string }>('select name from valet_migrations order by id');
    });
    return { applied: applied.map(({ name }) => name), known: await migrationNames() };
  }

  /** The look that took the shortest counts: it leaves the least room for error. */
  async clock(signal: AbortSignal): Promise<ClockFacts> {
    return withHealthSession({ url: this.#urls.pooled, signal }, async (session) => {
      const [has] = await session.query<{ moved: boolean }>(`select to_regproc('valet_now') is not null as moved`);
      const [moved] = has?.moved
        ? await session.query<{ ms: number }>('select (extract(epoch from valet_now() - now()) * 1000)::float8 as ms')
        : [];
      const looks: ClockFacts[] = [];
      while (looks.length < looksAtTheClock) {
        const began = Date.now();
        const [row] = await session.query<{ ms: number }>(
          'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
        );
        const uncertainMs = (Date.now() - began) / 2;
        looks.push({ aheadMs: began + uncertainMs - (row?.ms ?? 0), uncertainMs, movedMs: moved?.ms ?? null });
      }
      return looks.reduce((best, look) => (look.uncertainMs < best.uncertainMs ? look : best));
    });
  }
}
