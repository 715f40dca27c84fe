import type { Dispatcher } from 'undici';
import { archiveCalls } from './client/archives.js';
import { machineCalls } from './client/machines.js';
import { orphanCalls } from './client/orphans.js';
import { poolCalls } from './client/pool.js';
import { projectCalls } from './client/projects.js';
import { segment } from './client/segment.js';
import { sweepCalls } from './client/sweep.js';
import { ValetHttp } from './http/valet-http.js';
import { harmless, type Logger, silentLogger } from './logger.js';
import { installationSchema, overviewSchema, routeSchema } from './resources.js';
import type { Valet } from './valet.js';

/** Which `valet serve`, and as whom. */
export interface ClientOptions {
  /** Of `valet serve`: http or https, without credentials. */
  readonly url: string;
  /** CONTROL_PLANE_SECRET; without it only what is public can be asked. */
  readonly secret?: string;
  /** The environment that is meant: a `valet serve` of another refuses every call, with `environment_mismatch`. */
  readonly environment?: string;
  /** For calls that answer at once; 30 000 if left out. Calls that wait for their work have 16 minutes. */
  readonly timeoutMs?: number;
  /** Carries the calls instead of connections of the client's own; it stays the caller's to close. */
  readonly dispatcher?: Dispatcher;
  /** Told of each call, with its status and its time, at the level `debug`. Nobody if left out. */
  readonly logger?: Logger;
}

/**
 * Valet over HTTP. Every call throws ValetError, with the code that the server gave it, or `valet_unreachable`. A call is
 * sent once: what to do about one that failed is the caller's to decide. Connects to nothing until something is asked for.
 *
 * @throws ValetError `config_invalid` for a URL that is none
 */
export function createClient(options: ClientOptions): Valet {
  const { url, secret, environment, timeoutMs = 30_000, dispatcher, logger = silentLogger } = options;
  const http = new ValetHttp({ url, secret, environment, timeoutMs, dispatcher, logger: harmless(logger) });
  const projects = projectCalls(http);
  return {
    projects,
    machines: machineCalls(http),
    archives: archiveCalls(http, projects),
    orphans: orphanCalls(http),
    pool: poolCalls(http),
    sweep: sweepCalls(http),
    route: async (hostOrId, { signal } = {}) =>
      http.call({ method: 'GET', path: `/api/route/${segment(hostOrId)}`, answer: routeSchema, signal }),
    installation: ({ signal } = {}) =>
      http.call({ method: 'GET', path: '/api/installation', answer: installationSchema, signal }),
    overview: ({ signal } = {}) => http.call({ method: 'GET', path: '/api/overview', answer: overviewSchema, signal }),
    [Symbol.asyncDispose]: () => http.close(),
  };
}
