import { ValetError } from '../errors.js';
import type { PoolAim, PoolKind } from '../pool/aim.js';
import type { PoolSnapshot, RegionCounts } from '../pool/needs.js';
import type { PoolRetirement } from '../pool/plan-retirements.js';
import type { PoolMode } from '../resources.js';
import type { Database, Queryable } from './database.js';
import { type MachineRow, machineColumns, type NewMachine, provisioningDeadlineSecs } from './machines.js';
import { openBreakers, takeProbe } from './pool-breakers.js';
import { announcedAim } from './pool-kinds.js';
import { retireMembers } from './pool-retiring.js';

/** An installation's pool as one configuration wants it. Counts as announced while no `valet serve` has announced any. */
export type OwnPool = PoolKind & PoolAim;

export interface PoolOrders {
  readonly insert: readonly NewMachine[];
  /** Regions in which the one machine to be inserted is a probe: only where nobody else has taken it. */
  readonly probes: readonly string[];
  readonly retire: readonly PoolRetirement[];
}

/** Counting the warm pool and acting on the count, in one transaction. */
export class PoolMemberTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** To look at only: the next moment it may be different. */
  async snapshot(own: OwnPool): Promise<PoolSnapshot> {
    const [bound] = await this.#db.query<Bound>(`select pool_mode from installation where environment = $1`, [
      own.environment,
    ]);
    return takeSnapshot(this.#db, own, bound);
  }

  /**
   * Rows for what is to be made, before any call to Fly, and those of members that are to go. The installation's row is
   * locked first, in a statement of its own, so that the count is read after any other replenishment has committed: two
   * at once never ask for the same.
   */
  async act<Orders extends PoolOrders>(
    own: OwnPool,
    decide: (snapshot: PoolSnapshot) => Orders,
    actor: string,
  ): Promise<{ readonly rows: readonly MachineRow[]; readonly orders: Orders }> {
    return this.#db.transaction(async (transaction) => {
      const bound = await lockPool(transaction, own.environment);
      const snapshot = await takeSnapshot(transaction, own, bound);
      const orders = decide(snapshot);
      for (const { region, cause, count } of orders.retire) {
        const { configHash } = snapshot.aim;
        const which = { environment: own.environment, region, configHash, cause, limit: count };
        await retireMembers(transaction, which, actor);
      }
      const rows = await insertMembers(transaction, await allowed(transaction, orders, snapshot.aim.image));
      return { rows, orders };
    });
  }
}

async function takeSnapshot(db: Queryable, own: OwnPool, bound: Bound | undefined): Promise<PoolSnapshot> {
  // Without a row to lock nothing would be serialised.
  if (!bound) throw notBound(own.environment);
  const aim = (await announcedAim(db)) ?? own;
  return {
    mode: bound.pool_mode,
    aim,
    regions: await countMembers(db, own.environment, aim.configHash),
    openBreakers: await openBreakers(db, aim.image),
  };
}

/** Without those that would be a second probe. */
async function allowed(db: Queryable, { insert, probes }: PoolOrders, image: string): Promise<NewMachine[]> {
  const refused = new Set<string>();
  for (const region of probes) if (!(await takeProbe(db, { region, image }))) refused.add(region);
  return insert.filter(({ region }) => !refused.has(region));
}

interface Bound {
  readonly pool_mode: PoolMode;
}

export async function lockPool(transaction: Queryable, environment: string): Promise<Bound | undefined> {
  const [bound] = await transaction.query<Bound>(
    `select pool_mode from installation where environment = $1 for update`,
    [environment],
  );
  return bound;
}

/** A machine that is being made for a waiting project is no member. */
async function countMembers(db: Queryable, environment: string, configHash: string): Promise<RegionCounts[]> {
  return db.query<RegionCounts>(
    `select region,
            count(*) filter (where state = 'ready' and config_hash = $2) as ready,
            count(*) filter (where state = 'provisioning' and config_hash = $2) as provisioning,
            count(*) filter (where state = 'ready' and config_hash <> $2) as outdated
       from machines
      where environment = $1 and project_id is null and state in ('ready', 'provisioning')
      group by region
      order by region`,
    [environment, configHash],
  );
}

async function insertMembers(transaction: Queryable, wanted: readonly NewMachine[]): Promise<MachineRow[]> {
  if (wanted.length === 0) return [];
  return transaction.query<MachineRow>(
    `with m as (
       insert into machines (id, environment, fly_app, name, volume_name, region, image, config_hash, state, provisioning_deadline)
       select w.id, w.environment, w."flyApp", w.name, w."volumeName", w.region, w.image, w."configHash",
              'provisioning', valet_now() + make_interval(secs => $2)
         from jsonb_to_recordset($1::jsonb) as w(id text, environment text, "flyApp" text, name text, "volumeName" text,
                                                 region text, image text, "configHash" text)
       returning *
     )
     select ${machineColumns} from m`,
    [JSON.stringify(wanted), provisioningDeadlineSecs],
  );
}

export function notBound(environment: string): ValetError {
  return new ValetError('environment_mismatch', `This database is not bound to environment "${environment}".`, {
    hint: 'Set VALET_ENVIRONMENT to what the database belongs to, or use another database.',
  });
}
