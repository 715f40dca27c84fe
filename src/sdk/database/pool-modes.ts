import { ValetError } from '../errors.js';
import type { PoolMode } from '../resources.js';
import type { Database, Queryable } from './database.js';
import { lockPool, notBound } from './pool-members.js';
import { retireMembers } from './pool-retiring.js';

/** Whether the pool is filled, left as it is, or emptied: one word for all instances. */
export class PoolModeTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async set(environment: string, mode: Exclude<PoolMode, 'draining'>, actor: string): Promise<void> {
    await setMode(this.#db, environment, mode, actor);
  }

  /**
   * From now on the pool is emptied: all that is ready goes at once, what is still being made once it is ready. Ids of
   * what went.
   *
   * @throws ValetError `fuse_blown`, with nothing done, if more members than the limit would go
   */
  async drain(environment: string, limit: number, actor: string): Promise<string[]> {
    return this.#db.transaction(async (transaction) => {
      if (!(await lockPool(transaction, environment))) throw notBound(environment);
      const members = await membersOf(transaction, environment);
      if (members > limit) throw tooMany(members, limit);
      await setMode(transaction, environment, 'draining', actor);
      const all = { environment, region: null, configHash: '', cause: 'drained', limit } as const;
      return retireMembers(transaction, all, actor);
    });
  }
}

/** News only where it changes something. Whoever fills the pool looks again when it is resumed. */
async function setMode(db: Queryable, environment: string, mode: PoolMode, actor: string): Promise<void> {
  await db.query(
    `with changed as (
       update installation set pool_mode = $2, pool_mode_at = valet_now(), pool_mode_by = $3
        where environment = $1 and pool_mode <> $2
       returning pool_mode
     ), noted as (
       insert into events (what, actor) select 'pool_' || pool_mode, $3 from changed
     )
     select pg_notify('valet_machines', 'pool_' || pool_mode) from changed`,
    [environment, mode, actor],
  );
}

async function membersOf(db: Queryable, environment: string): Promise<number> {
  const [row] = await db.query<{ members: number }>(
    `select count(*) as members from machines
      where environment = $1 and project_id is null and state in ('ready', 'provisioning')`,
    [environment],
  );
  return row?.members ?? 0;
}

function tooMany(members: number, limit: number): ValetError {
  return new ValetError(
    'fuse_blown',
    `The pool has ${members} members, and no more than ${limit} are to be given back.`,
    {
      hint: `Nothing was done. If they are all to go, drain again with a limit of ${members} or more.`,
      details: { members, limit },
    },
  );
}
