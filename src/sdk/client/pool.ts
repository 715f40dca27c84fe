import type { ValetHttp } from '../http/valet-http.js';
import { drainResultSchema, poolStatusSchema, replenishResultSchema } from '../resources.js';
import type { PoolCalls } from '../valet.js';
import { workTimeoutMs } from './timeouts.js';

export function poolCalls(http: ValetHttp): PoolCalls {
  const status = (method: 'GET' | 'POST', path: string, signal: AbortSignal | undefined) =>
    http.call({ method, path, answer: poolStatusSchema, signal });
  return {
    status: ({ signal } = {}) => status('GET', '/api/pool', signal),
    pause: ({ signal } = {}) => status('POST', '/api/pool/pause', signal),
    resume: ({ signal } = {}) => status('POST', '/api/pool/resume', signal),
    drain: (body = {}, { signal } = {}) =>
      http.call({ method: 'POST', path: '/api/pool/drain', body, answer: drainResultSchema, signal }),
    replenish: ({ signal } = {}) =>
      http.call({
        method: 'POST',
        path: '/api/pool/replenish',
        answer: replenishResultSchema,
        timeoutMs: workTimeoutMs,
        signal,
      }),
  };
}
