import { resultOf } from '../follow.js';
import type { ValetHttp } from '../http/valet-http.js';
import { type OrphanIds, orphanListSchema, orphanResultSchema } from '../resources.js';
import { orphanStepSchema } from '../steps.js';
import type { CallOptions, OrphanCalls } from '../valet.js';
import { stepsOver } from './steps.js';

export function orphanCalls(http: ValetHttp): OrphanCalls {
  const removeSteps = (body: OrphanIds, { signal }: CallOptions = {}) =>
    stepsOver(http, { path: '/api/orphans/remove', body, step: orphanStepSchema, signal });
  return {
    list: ({ signal } = {}) => http.call({ method: 'GET', path: '/api/orphans', answer: orphanListSchema, signal }),
    remove: (input, call) => resultOf(removeSteps(input, call)),
    removeSteps,
    keep: (body, { signal } = {}) =>
      http.call({ method: 'POST', path: '/api/orphans/keep', body, answer: orphanResultSchema, signal }),
  };
}
