import type { Queryable } from './database.js';

/** More than a create may take; then what an instance that died had taken is free again, however busy the client is. */
const leaseSecs = 16 * 60;

/**
 * Public creates that are under way, per client and over all instances, in the table in which they are counted. A client
 * has so many slots, on one lease that begins with the first of them. When it is over they are counted anew, so that what
 * is then still under way is not counted: some more at once for a moment, rather than a slot lost for ever.
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
      `insert into create_limits as held (key, points, expire)
       values ($1, 1, (extract(epoch from valet_now()) + $2) * 1000)
       on conflict (key) do update
          set points = case when held.points > 0 and held.expire > excluded.expire - $2 * 1000 then held.points + 1 else 1 end,
              expire = case when held.points > 0 and held.expire > excluded.expire - $2 * 1000 then held.expire else excluded.expire end
        where held.points < $3 or held.expire <= excluded.expire - $2 * 1000
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
