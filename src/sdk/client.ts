import type { Dispatcher } from 'undici';
import { ValetError } from './errors.js';
import { ValetHttp } from './http/valet-http.js';
import { notBuilt } from './not-built.js';
import { parseProjectId } from './projects/project-id.js';
import {
  createdProjectSchema,
  machinePageSchema,
  poolStatusSchema,
  projectPageSchema,
  projectSchema,
  replenishResultSchema,
  routeSchema,
  sweepPlanSchema,
  sweepResultSchema,
} from './resources.js';
import type { PoolCalls, ProjectCalls, SweepCalls, Valet } from './valet.js';

export interface ClientOptions {
  /** Of `valet serve`. */
  readonly url: string;
  /** CONTROL_PLANE_SECRET; without it only what is public can be asked. */
  readonly secret?: string;
  /** For calls that answer at once; 30 000 if left out. Calls that wait for their work have 16 minutes. */
  readonly timeoutMs?: number;
  /** Carries the calls instead of connections of the client's own; it stays the caller's to close. */
  readonly dispatcher?: Dispatcher;
}

/** An archive or a wake may own its project for 15 minutes; its answer needs a little longer. */
const workTimeoutMs = 16 * 60_000;

/**
 * Valet over HTTP. Every call throws ValetError, with the code that the server gave it, or `valet_unreachable`.
 *
 * @throws ValetError `config_invalid` for a URL that is none
 */
export function createClient({ url, secret, timeoutMs = 30_000, dispatcher }: ClientOptions): Valet {
  const http = new ValetHttp({ url, secret, timeoutMs, dispatcher });
  return {
    projects: projectCalls(http),
    machines: {
      list: (query = {}, { signal } = {}) =>
        http.call({ method: 'GET', path: '/api/machines', query, answer: machinePageSchema, signal }),
    },
    archives: { list: notBuilt, verify: notBuilt, read: notBuilt },
    orphans: { list: notBuilt, remove: notBuilt, keep: notBuilt },
    pool: poolCalls(http),
    sweep: sweepCalls(http),
    route: async (hostOrId, { signal } = {}) =>
      http.call({ method: 'GET', path: `/api/route/${segment(hostOrId)}`, answer: routeSchema, signal }),
    [Symbol.asyncDispose]: () => http.close(),
  };
}

function projectCalls(http: ValetHttp): ProjectCalls {
  const act = async (id: string, action: 'wake' | 'archive', signal: AbortSignal | undefined) => {
    const path = `/api/projects/${parseProjectId(id)}/${action}`;
    return http.call({ method: 'POST', path, answer: projectSchema, timeoutMs: workTimeoutMs, signal });
  };
  return {
    create: (body = {}, { signal, idempotencyKey } = {}) =>
      http.call({
        method: 'POST',
        path: '/api/projects',
        body,
        headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
        answer: createdProjectSchema,
        timeoutMs: workTimeoutMs,
        signal,
      }),
    get: async (id, { signal } = {}) =>
      http.call({ method: 'GET', path: `/api/projects/${parseProjectId(id)}`, answer: projectSchema, signal }),
    list: (query = {}, { signal } = {}) =>
      http.call({ method: 'GET', path: '/api/projects', query, answer: projectPageSchema, signal }),
    wake: (id, { signal } = {}) => act(id, 'wake', signal),
    archive: (id, { signal } = {}) => act(id, 'archive', signal),
    undo: notBuilt,
    restore: notBuilt,
    delete: notBuilt,
    hold: notBuilt,
    events: notBuilt,
    explain: notBuilt,
  };
}

function poolCalls(http: ValetHttp): PoolCalls {
  return {
    status: ({ signal } = {}) => http.call({ method: 'GET', path: '/api/pool', answer: poolStatusSchema, signal }),
    replenish: ({ signal } = {}) =>
      http.call({
        method: 'POST',
        path: '/api/pool/replenish',
        answer: replenishResultSchema,
        timeoutMs: workTimeoutMs,
        signal,
      }),
    pause: notBuilt,
    drain: notBuilt,
    resume: notBuilt,
  };
}

function sweepCalls(http: ValetHttp): SweepCalls {
  return {
    plan: (query = {}, { signal } = {}) =>
      http.call({ method: 'GET', path: '/api/sweep/plan', query, answer: sweepPlanSchema, signal }),
    run: (body = {}, { signal } = {}) =>
      http.call({
        method: 'POST',
        path: '/api/sweep/run',
        body,
        answer: sweepResultSchema,
        timeoutMs: workTimeoutMs,
        signal,
      }),
  };
}

/** A host name or id inside a path. */
function segment(text: string): string {
  // The URL parser would resolve dots away, even encoded ones.
  if (/^\.{0,2}$/.test(text)) throw new ValetError('request_invalid', `${JSON.stringify(text)} is no host and no id.`);
  return encodeURIComponent(text);
}
