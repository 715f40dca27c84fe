import { listProjectsSchema, projectPageSchema, projectSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, operatorSecurity, projectIdOf, projectParams } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['projects'];

export function projectRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/projects/:id',
    schema: { summary: 'Look at a project', tags, params: projectParams, response: answers(200, projectSchema) },
    handler: (request, reply) => valet.projects.get(projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'GET',
    url: '/api/projects',
    onRequest,
    schema: {
      summary: 'List projects',
      tags,
      security: operatorSecurity,
      querystring: listProjectsSchema.strict(),
      response: answers(200, projectPageSchema),
    },
    handler: (request, reply) => valet.projects.list(request.query, { signal: inFlight.enter(reply.raw) }),
  });

  for (const action of ['wake', 'archive'] as const) {
    api.route({
      method: 'POST',
      url: `/api/projects/:id/${action}`,
      onRequest,
      schema: {
        summary: action === 'wake' ? 'Wake a project and wait for it' : 'Archive a project and wait for the proof',
        tags,
        security: operatorSecurity,
        params: projectParams,
        response: answers(200, projectSchema),
      },
      handler: (request, reply) => valet.projects[action](projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
    });
  }
}
