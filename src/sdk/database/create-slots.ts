import type { Queryable } from './database.js';

/** More than a create may take; then a slot whose instance died is free again. */
const leaseSecs = 16 * 60;

/**
 * Public creates that are under way, per client and over all instances, in the table in which they are counted. A client
 * has so many slots; each that it takes renews the lease of all.
 */
export class CreateSlots {
  readonly #db: Queryable;
  readonly #most: number;

  constructor(db: Queryable, most: number) {
    this.#db = db;
    this.#most = most;
  }

  /** False: all are taken. */
  async take(clientKey: string): Promise<boolean> {
    const taken = await this.#db.query(
      `insert into create_limits (key, points, expire)
       values ($1, 1, (extract(epoch from valet_now()) + $2) * 1000)
       on conflict (key) do update
          set points = case when create_limits.expire > excluded.expire - $2 * 1000 then create_limits.points + 1 else 1 end,
              expire = excluded.expire
        where create_limits.points < $3 or create_limits.expire <= excluded.expire - $2 * 1000
       returning points`,
      [keyOf(clientKey), leaseSecs, this.#most],
    );
    return taken.length > 0;
  }

  async free(clientKey: string): Promise<void> {
    await this.giveBack([keyOf(clientKey)]);
  }

  /** One point of each count. A count whose window is over begins anew with the next create, whatever it says. */
  async giveBack(keys: readonly string[]): Promise<void> {
    await this.#db.query(`update create_limits set points = points - 1 where key = any($1) and points > 0`, [keys]);
  }
}

function keyOf(clientKey: string): string {
  return `now:${clientKey}`;
}
