import type { Environment } from '../sdk/config.js';
import { assertEnvironment } from '../sdk/environment-name.js';
import { ValetError } from '../sdk/errors.js';
import type { Valet } from '../sdk/valet.js';

interface OpenFlags {
  readonly url?: string | undefined;
  /** What it must be the Valet of. */
  readonly environment?: string | undefined;
}

/**
 * The two ways to reach Valet: over HTTP where a URL is given, else directly with the database, Fly and R2. Whatever
 * is heavy is loaded here, once it is known which of the two is needed.
 *
 * @throws ValetError `config_invalid`, `environment_mismatch`
 */
export async function openValet(flags: OpenFlags, given: Environment): Promise<Valet> {
  const env = flags.url === undefined ? given : { ...given, VALET_URL: flags.url };
  if (env.VALET_URL?.trim()) return openClient(env, flags.environment);
  const config = await readForDirectUse(env);
  assertEnvironment(flags.environment, config.core.environment);
  const { createControlPlane } = await import('../sdk/control-plane.js');
  return createControlPlane(config);
}

async function openClient(given: Environment, meant: string | undefined): Promise<Valet> {
  const { readClientConfig } = await import('../sdk/config.js');
  const env = meant === undefined ? given : { ...given, VALET_ENVIRONMENT: meant };
  const { url, secret, environment } = readClientConfig(env);
  const { createClient } = await import('../sdk/client.js');
  return createClient({
    url: url ?? '',
    ...(secret && { secret: secret.reveal() }),
    ...(environment !== undefined && { environment }),
  });
}

async function readForDirectUse(env: Environment) {
  const { readConfig } = await import('../sdk/config.js');
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof ValetError)) throw error;
    throw new ValetError(error.code, error.message, {
      hint: 'To ask a running `valet serve` instead, give --url or VALET_URL, and CONTROL_PLANE_SECRET.',
      ...(error.details && { details: error.details }),
      cause: error,
    });
  }
}
