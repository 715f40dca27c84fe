import type { PoolAim } from '../pool/aim.js';
import type { Queryable } from './database.js';

/** Which configuration's members the pool is to hold, and how many: agreed on by all instances. */
export class PoolKindTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** From now on it is this one, until somebody announces another. */
  async announce({ configHash, image, targets }: PoolAim): Promise<void> {
    await this.#db.query(
      `insert into pool_kinds (config_hash, image, targets) values ($1, $2, $3::jsonb)
       on conflict (config_hash) do update set image = $2, targets = $3::jsonb, announced_at = valet_now()`,
      [configHash, image, JSON.stringify(targets)],
    );
  }
}

/** What was announced last; undefined before any `valet serve` was started on this database. */
export async function announcedAim(db: Queryable): Promise<PoolAim | undefined> {
  const [last] = await db.query<PoolAim>(
    `select config_hash as "configHash", image, targets from pool_kinds order by announced_at desc, config_hash limit 1`,
  );
  return last;
}
