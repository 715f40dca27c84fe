import { ValetError } from '../errors.js';
import type { Queryable } from './database.js';

export interface Binding {
  readonly environment: string;
  readonly flyApp: string;
}

/** What this database belongs to, and how far it has come. */
export interface Installation extends Binding {
  readonly databaseId: string;
  /** The last epoch that was given out; 0 before the first. */
  readonly epoch: number;
  /** The largest epoch that was ever to be marked outside. */
  readonly markedEpoch: number;
}

/**
 * Binds a new database to its environment and Fly app, and refuses one that belongs to another (G13): a copy of
 * production's database started as staging must not act on production's machines.
 *
 * @throws ValetError `environment_mismatch`, `database_not_migrated`
 */
export async function bindInstallation(db: Queryable, binding: Binding): Promise<void> {
  await db.query(`insert into installation (environment, fly_app) values ($1, $2) on conflict (only_row) do nothing`, [
    binding.environment,
    binding.flyApp,
  ]);
  const [bound] = await db.query<{ environment: string; fly_app: string }>(
    `select environment, fly_app from installation`,
  );
  if (bound?.environment === binding.environment && bound.fly_app === binding.flyApp) return;
  throw new ValetError(
    'environment_mismatch',
    `This database belongs to environment "${bound?.environment}" with Fly app "${bound?.fly_app}", ` +
      `not to "${binding.environment}" with "${binding.flyApp}".`,
    { hint: 'Set VALET_ENVIRONMENT and VALET_FLY_APP to what the database belongs to, or use another database.' },
  );
}

/** The one row that says whose database this is. */
export class InstallationTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** @throws ValetError `environment_mismatch` when the database is bound to nothing */
  async read(): Promise<Installation> {
    const [row] = await this.#db.query<Installation>(
      `select environment, fly_app as "flyApp", database_id as "databaseId", marked_epoch as "markedEpoch",
              (select case when is_called then last_value else 0 end from epochs) as epoch
         from installation`,
    );
    if (row) return row;
    throw new ValetError('environment_mismatch', 'This database is bound to no environment.', {
      hint: 'Start "valet serve" once, which binds it.',
    });
  }

  /** Writes down that the present epoch is about to be marked. Never lowers it. */
  async raiseMark(): Promise<number> {
    const [row] = await this.#db.query<{ epoch: number }>(
      `update installation
          set marked_epoch = greatest(marked_epoch, (select case when is_called then last_value else 0 end from epochs))
       returning marked_epoch as epoch`,
    );
    return row?.epoch ?? 0;
  }

  /**
   * Moves the sequence to at least `epoch`, for good, and writes down that this is about to be marked.
   *
   * @returns where the sequence is now
   */
  async acceptRestore(epoch: number, actor: string): Promise<number> {
    const [row] = await this.#db.query<{ epoch: number }>(
      `with moved as (
         select setval('epochs', greatest($1::bigint, (select last_value from epochs))) as epoch
       ), marked as (
         update installation set marked_epoch = greatest(marked_epoch, moved.epoch) from moved returning moved.epoch
       ), noted as (
         insert into events (what, epoch, actor, why) select 'restore_accepted', epoch, $2, 'epochs go on from here' from marked
       )
       select epoch from marked`,
      [epoch, actor],
    );
    return row?.epoch ?? 0;
  }
}
