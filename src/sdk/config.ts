import type { ClientConfig, Config } from './config/config.js';
import { deepFreeze } from './config/freeze.js';
import * as groups from './config/groups.js';
import { ConfigReader } from './config/reader.js';
import { type Environment, textOf } from './config/variable.js';
import { clientVariables, controlPlaneVariables, core } from './config/variables.js';
import type { Secret } from './secret.js';

export type * from './config/config.js';
export type { ConfigDescription, ConfigRow } from './config/describe.js';
export { describeConfig } from './config/describe.js';
export type { Environment } from './config/variable.js';

/**
 * Everything the control plane needs, read once and frozen with all it holds. An empty variable counts as not set. Not
 * pure in one thing: an instance without a name is given a random one.
 *
 * @throws ValetError `config_invalid`, which names every wrong or missing variable and its rule
 */
export function readConfig(env: Environment): Config {
  const reader = new ConfigReader(env, controlPlaneVariables);
  return deepFreeze({
    core: groups.readCore(env, reader),
    fly: groups.readFly(reader),
    pool: groups.readPool(reader),
    r2: groups.readR2(reader),
    dormancy: groups.readDormancy(reader),
    routing: groups.readRouting(reader),
  });
}

/**
 * The database without a pooler in between, for migrations, which need nothing else: DATABASE_DIRECT_URL or DATABASE_URL.
 *
 * @throws ValetError `config_invalid`
 */
export function readDirectUrl(env: Environment): Secret {
  const { databaseUrl, databaseDirectUrl } = core;
  const variable = textOf(env, databaseDirectUrl.name) === undefined ? databaseUrl : databaseDirectUrl;
  return new ConfigReader(env, [variable]).value(variable);
}

/**
 * Only what asks a running `valet serve`: its address, the first of CONTROL_PLANE_SECRET, and the environment that is
 * meant, where VALET_ENVIRONMENT names one.
 *
 * @throws ValetError `config_invalid`
 */
export function readClientConfig(env: Environment): ClientConfig {
  return deepFreeze(groups.readClient(new ConfigReader(env, clientVariables)));
}
