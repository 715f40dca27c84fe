import { resultOf } from '../follow.js';
import type { ValetHttp } from '../http/valet-http.js';
import { type SweepOptions, sweepPlanSchema } from '../resources.js';
import { sweepStepSchema } from '../steps.js';
import type { CallOptions, SweepCalls } from '../valet.js';
import { stepsOver } from './steps.js';

export function sweepCalls(http: ValetHttp): SweepCalls {
  const steps = (body: SweepOptions = {}, { signal }: CallOptions = {}) =>
    stepsOver(http, { path: '/api/sweep/run', body, step: sweepStepSchema, signal });
  return {
    plan: (query = {}, { signal } = {}) =>
      http.call({ method: 'GET', path: '/api/sweep/plan', query, answer: sweepPlanSchema, signal }),
    run: (options, call) => resultOf(steps(options, call)),
    steps,
  };
}
