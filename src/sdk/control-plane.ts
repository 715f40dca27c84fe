import type { Config } from './config.js';
import type { ControlPlane, ControlPlaneOptions } from './control-plane/options.js';
import { unless } from './running.js';

export type { ControlPlane, ControlPlaneOptions } from './control-plane/options.js';

/**
 * Opens Valet on its database, which must be migrated and belong to the configured environment; a new one is bound to it.
 * Connects to nothing else until something is asked for. All that it needs (pg, the S3 client) is loaded here.
 *
 * @throws ValetError `database_unavailable`, `database_not_migrated`, `environment_mismatch`, `config_invalid`; the
 *   signal's reason
 */
export async function createControlPlane(config: Config, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { openControlPlane } = await import('./control-plane/open.js');
  const opening = openControlPlane(config, options);
  if (signal === undefined) return opening;
  try {
    return await unless(signal, opening);
  } catch (thrown) {
    // A database that hangs would keep who has given up waiting for its close, too.
    void opening.then(
      (opened) => opened[Symbol.asyncDispose](),
      () => undefined,
    );
    throw thrown;
  }
}
