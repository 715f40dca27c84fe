import { holdProjectSchema, projectSchema, restoreProjectSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, emptyWithoutBody, operatorSecurity, projectIdOf, projectParams } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['projects'];
const response = answers(200, projectSchema);
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
      schema: { ...common, summary: summaries[action] },
      handler: (request, reply) => valet.projects[action](projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
    });
  }

  api.route({
    method: 'POST',
    url: '/api/projects/:id/restore',
    onRequest,
    preValidation: emptyWithoutBody,
    schema: {
      ...common,
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
    schema: { ...common, summary: 'Keep a project from being archived for a while', body: holdProjectSchema.strict() },
    handler: (request, reply) =>
      valet.projects.hold(projectIdOf(request), request.body, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'DELETE',
    url: '/api/projects/:id',
    onRequest,
    schema: { ...common, summary: 'Delete a project for ever; its machine is given up without an archive' },
    handler: (request, reply) => valet.projects.delete(projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
  });
}
