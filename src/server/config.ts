import type { ObserverRule } from '../sdk/routing/observers.js';
import type { Limits } from './limits.js';

/** What the server itself is told. Everything else comes with `Serving`. */
export interface ServerConfig {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Readiness is answered here, out of the public's reach; undefined leaves it out. */
  readonly privatePort: number | undefined;
  /** Any of them is the operator's; several while one replaces another. */
  readonly secrets: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Believe `Fly-Client-IP`. Only behind Fly's proxy, which overwrites what a client sends. */
  readonly trustFlyProxy: boolean;
  readonly routerDomain: string | undefined;
  readonly wakeTimeoutMs: number;
  /** 0 leaves the replay header bare. */
  readonly replayTimeoutSecs: number;
  /** Routes kept in memory; 200 000 if left out. */
  readonly cacheEntries?: number;
  /** Who only looks, and wakes nothing; nobody if left out. */
  readonly observers?: readonly ObserverRule[];
  /** Requests that may wait for their project at once; 1000 if left out. */
  readonly maxHeld?: number;
  /** How often collected activity is written; 5000 if left out. */
  readonly flushMs?: number;
  /**
   * How long a stopping server that has connections goes on taking more, each ended by its first answer, so that
   * whoever sends it requests learns that it is going before it is gone; 1000 if left out.
   */
  readonly noticeMs?: number;
  /** Instead of those that docs/operations.md names. */
  readonly limits?: Partial<Limits>;
  /** How long a stream of steps may be silent; 15 000 if left out. */
  readonly heartbeatMs?: number;
  /** How long a stop lets requests finish; 10 000 if left out. */
  readonly drainMs?: number;
}
