import { ValetError } from '../errors.js';
import type { Queryable } from './database.js';

export interface Binding {
  readonly environment: string;
  readonly flyApp: string;
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
