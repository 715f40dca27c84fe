import type { ValetHttp } from '../http/valet-http.js';
import { type OrphanIds, orphanListSchema, orphanResultSchema } from '../resources.js';
import type { OrphanCalls } from '../valet.js';

export function orphanCalls(http: ValetHttp): OrphanCalls {
  const judge = (verdict: 'remove' | 'keep', body: OrphanIds, signal: AbortSignal | undefined) =>
    http.call({ method: 'POST', path: `/api/orphans/${verdict}`, body, answer: orphanResultSchema, signal });
  return {
    list: ({ signal } = {}) => http.call({ method: 'GET', path: '/api/orphans', answer: orphanListSchema, signal }),
    remove: (body, { signal } = {}) => judge('remove', body, signal),
    keep: (body, { signal } = {}) => judge('keep', body, signal),
  };
}
