import type { ValetHttp } from '../http/valet-http.js';
import { sweepPlanSchema, sweepResultSchema } from '../resources.js';
import type { SweepCalls } from '../valet.js';
import { workTimeoutMs } from './timeouts.js';

export function sweepCalls(http: ValetHttp): SweepCalls {
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
