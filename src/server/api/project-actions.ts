import { holdProjectSchema, projectSchema, restoreProjectSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity, projectIdOf, projectParams } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['projects'];
const response = { 200: projectSchema };
/** It is not there; its state forbids it; Fly, the machine or R2 failed; not now. */
const work = { problems: [404, 409, 502, 503] };
const summaries = {
  wake: 'Wake a project and wait for it',
  archive: 'Archive a project and wait for the proof',
  undo: 'Take an archive back while its volume is kept, and wait until the project is active',
} as const;

/** What changes a project. Each answers the project as it is afterwards. */
export function projectActionRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);
  const common = { tags, security: operatorSecurity, params: projectParams, response };

  for (const action of ['wake', 'archive', 'undo'] as const) {
    api.route({
      method: 'POST',
      url: `/api/projects/:id/${action}`,
      onRequest,
      config: work,
      schema: { ...common, operationId: `${action}Project`, summary: summaries[action] },
      handler: (request, reply) => valet.projects[action](projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
    });
  }

  api.route({
    method: 'POST',
    url: '/api/projects/:id/restore',
    onRequest,
    config: { ...work, bodyOptional: true },
    schema: {
      ...common,
      operationId: 'restoreProject',
      summary: 'Wake a dormant or lost project from one of its archives, and wait for it',
      body: restoreProjectSchema.strict(),
    },
    handler: (request, reply) =>
      valet.projects.restore(projectIdOf(request), request.body, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/projects/:id/hold',
    onRequest,
    config: { problems: [404, 503] },
    schema: {
      ...common,
      operationId: 'holdProject',
      summary: 'Keep a project from being archived for a while',
      body: holdProjectSchema.strict(),
    },
    handler: (request, reply) =>
      valet.projects.hold(projectIdOf(request), request.body, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'DELETE',
    url: '/api/projects/:id',
    onRequest,
    config: { problems: [404, 503] },
    schema: {
      ...common,
      operationId: 'deleteProject',
      summary: 'Delete a project for ever; its machine is given up without an archive',
    },
    handler: (request, reply) => valet.projects.delete(projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
  });
}
