import type { OpenBreaker } from '../pool/needs.js';
import type { Queryable } from './database.js';

/** So many failures in a row, and a region is left alone for a while. */
export const failuresToOpen = 3;
/** The first pause; each is as long again as the breaker has been open, so they double. */
const firstPauseSecs = 60;
const longestPauseSecs = 3600;

const pause = `make_interval(secs =>
  least(${longestPauseSecs}, ${firstPauseSecs} + extract(epoch from valet_now() - coalesce(b.opened_at, valet_now()))))`;

export interface Place {
  readonly region: string;
  readonly image: string;
}

export interface BreakerRow extends Place {
  readonly failures: number;
  readonly opened_at: Date | null;
  readonly retry_at: Date | null;
  readonly last_error: string | null;
}

const maxShown = 100;

/** Where making machines keeps failing, counted over all instances. */
export class PoolBreakerTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** One more failure there. Those that fail together count one by one and lengthen the pause but once. */
  async failed({ region, image }: Place, actor: string, error: string): Promise<void> {
    await this.#db.query(
      `with b as (
         insert into pool_breakers as b (region, image, failures, last_error) values ($1, $2, 1, $4)
         on conflict (region, image) do update
            set failures = b.failures + 1,
                last_error = $4,
                opened_at = case when b.failures + 1 >= $5 then coalesce(b.opened_at, valet_now()) end,
                retry_at = case when b.failures + 1 >= $5 then valet_now() + ${pause} end
         returning b.failures
       )
       insert into events (what, actor, why)
       select 'breaker_opened', $3, 'in ' || $1 || ' with ' || $2 || ': ' || $4 from b where failures = $5`,
      [region, image, actor, error, failuresToOpen],
    );
  }

  /** A machine was made there: whatever failed before is over. */
  async succeeded({ region, image }: Place, actor: string): Promise<void> {
    await this.#db.query(
      `with b as (
         delete from pool_breakers where region = $1 and image = $2 returning opened_at
       )
       insert into events (what, actor, why)
       select 'breaker_closed', $3, 'in ' || $1 || ' with ' || $2 from b where opened_at is not null`,
      [region, image, actor],
    );
  }

  /** Those that have failures in a row, the open ones first. */
  async list(): Promise<BreakerRow[]> {
    return this.#db.query<BreakerRow>(
      `select region, image, failures, opened_at, retry_at, last_error from pool_breakers
        order by opened_at nulls last, region, image
        limit $1`,
      [maxShown],
    );
  }
}

export async function openBreakers(db: Queryable, image: string): Promise<OpenBreaker[]> {
  return db.query<OpenBreaker>(
    `select region, retry_at <= valet_now() as "probeDue" from pool_breakers
      where image = $1 and opened_at is not null`,
    [image],
  );
}

/** Of all who want to make the one probe that is due, one gets it: the next is due after another pause. */
export async function takeProbe(db: Queryable, { region, image }: Place): Promise<boolean> {
  const rows = await db.query(
    `update pool_breakers as b set retry_at = valet_now() + ${pause}
      where region = $1 and image = $2 and opened_at is not null and retry_at <= valet_now()
     returning region`,
    [region, image],
  );
  return rows.length === 1;
}
