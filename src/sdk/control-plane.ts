import type { MonotonicClock } from './clock.js';
import type { Config } from './config.js';
import type { Logger } from './logger.js';
import { unless } from './running.js';
import type { Serving } from './serving.js';
import type { Telemetry } from './telemetry.js';
import type { CallOptions, Valet } from './valet.js';

/** Valet, answered directly: with the database, Fly and R2 at hand. */
export interface ControlPlane extends Valet {
  /** What `valet serve` needs beside it; begins to listen for news. @throws ValetError `database_unavailable` */
  openServing(options?: CallOptions): Promise<Serving>;
}

/** What a program brings to the control plane beside its configuration; nothing of it is needed. */
export interface ControlPlaneOptions extends CallOptions {
  /** Told of what is worth measuring. What one throws is logged and swallowed. */
  readonly telemetry?: readonly Partial<Telemetry>[];
  /** Told of what is worth reading: calls to Fly and how they failed, news or locks that are lost. Nobody if left out. */
  readonly logger?: Logger;
  /**
   * By which calls wait for their turn under Fly's rate limits, and by which Fly's list of regions is believed for an
   * hour. The computer's if left out. Deadlines of projects and machines are the database's, bounds of calls the
   * computer's in any case.
   */
  readonly clock?: MonotonicClock;
}

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
