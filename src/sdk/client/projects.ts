import type { ValetHttp } from '../http/valet-http.js';
import { allEvents, allProjects } from '../pages.js';
import { parseProjectId } from '../projects/project-id.js';
import {
  createdProjectSchema,
  eventPageSchema,
  explanationSchema,
  projectPageSchema,
  projectSchema,
} from '../resources.js';
import type { ProjectCalls } from '../valet.js';
import { workTimeoutMs } from './timeouts.js';

export function projectCalls(http: ValetHttp): ProjectCalls {
  const act = async (id: string, action: string, signal: AbortSignal | undefined, body?: unknown) => {
    const path = `/api/projects/${parseProjectId(id)}/${action}`;
    return http.call({ method: 'POST', path, body, answer: projectSchema, timeoutMs: workTimeoutMs, signal });
  };
  const calls: Omit<ProjectCalls, 'all' | 'allEvents'> = {
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
    undo: (id, { signal } = {}) => act(id, 'undo', signal),
    restore: (id, body = {}, { signal } = {}) => act(id, 'restore', signal, body),
    delete: async (id, { signal } = {}) => {
      const path = `/api/projects/${parseProjectId(id)}`;
      return http.call({ method: 'DELETE', path, answer: projectSchema, signal });
    },
    hold: async (id, body, { signal } = {}) => {
      const path = `/api/projects/${parseProjectId(id)}/hold`;
      return http.call({ method: 'POST', path, body, answer: projectSchema, signal });
    },
    events: async (id, query = {}, { signal } = {}) => {
      const path = `/api/projects/${parseProjectId(id)}/events`;
      return http.call({ method: 'GET', path, query, answer: eventPageSchema, signal });
    },
    explain: async (id, { signal } = {}) => {
      const path = `/api/projects/${parseProjectId(id)}/explain`;
      return http.call({ method: 'GET', path, answer: explanationSchema, signal });
    },
  };
  return {
    ...calls,
    all: (filter, options) => allProjects(calls, filter, options),
    allEvents: (id, options) => allEvents(calls, id, options),
  };
}
