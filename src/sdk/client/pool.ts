import { resultOf } from '../follow.js';
import type { ValetHttp } from '../http/valet-http.js';
import { type DrainPool, poolStatusSchema } from '../resources.js';
import { drainStepSchema, replenishStepSchema } from '../steps.js';
import type { CallOptions, PoolCalls } from '../valet.js';
import { stepsOver } from './steps.js';

export function poolCalls(http: ValetHttp): PoolCalls {
  const status = (method: 'GET' | 'POST', path: string, signal: AbortSignal | undefined) =>
    http.call({ method, path, answer: poolStatusSchema, signal });
  const replenishSteps = ({ signal }: CallOptions = {}) =>
    stepsOver(http, { path: '/api/pool/replenish', step: replenishStepSchema, signal });
  const drainSteps = (body: DrainPool = {}, { signal }: CallOptions = {}) =>
    stepsOver(http, { path: '/api/pool/drain', body, step: drainStepSchema, signal });
  return {
    status: ({ signal } = {}) => status('GET', '/api/pool', signal),
    pause: ({ signal } = {}) => status('POST', '/api/pool/pause', signal),
    resume: ({ signal } = {}) => status('POST', '/api/pool/resume', signal),
    drain: (input, call) => resultOf(drainSteps(input, call)),
    drainSteps,
    replenish: (call) => resultOf(replenishSteps(call)),
    replenishSteps,
  };
}
