import type { MonotonicClock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Serving } from '../serving.js';
import type { Telemetry } from '../telemetry.js';
import type { CallOptions, Valet } from '../valet.js';

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
