import {
  eventPageSchema,
  explanationSchema,
  listEventsSchema,
  listProjectsSchema,
  projectPageSchema,
  projectSchema,
} from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity, projectIdOf, projectParams } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['projects'];

/** What only looks. */
export function projectRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);
  const security = operatorSecurity;

  api.route({
    method: 'GET',
    url: '/api/projects/:id',
    config: { problems: [404, 503], conditional: true },
    schema: {
      operationId: 'getProject',
      summary: 'Look at a project',
      tags,
      params: projectParams,
      response: { 200: projectSchema },
    },
    handler: (request, reply) => valet.projects.get(projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'GET',
    url: '/api/projects',
    onRequest,
    config: { problems: [503], conditional: true },
    schema: {
      operationId: 'listProjects',
      summary: 'List projects',
      tags,
      security,
      querystring: listProjectsSchema.strict(),
      response: { 200: projectPageSchema },
    },
    handler: (request, reply) => valet.projects.list(request.query, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'GET',
    url: '/api/projects/:id/events',
    onRequest,
    config: { problems: [404, 503], conditional: true },
    schema: {
      operationId: 'listEvents',
      summary: 'What happened to a project, the newest first',
      tags,
      security,
      params: projectParams,
      querystring: listEventsSchema.strict(),
      response: { 200: eventPageSchema },
    },
    handler: (request, reply) =>
      valet.projects.events(projectIdOf(request), request.query, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'GET',
    url: '/api/projects/:id/explain',
    onRequest,
    config: { problems: [404, 503], conditional: true },
    schema: {
      operationId: 'explainProject',
      summary: 'Why a project is awake or asleep, and what comes next; wakes nothing',
      tags,
      security,
      params: projectParams,
      response: { 200: explanationSchema },
    },
    handler: (request, reply) => valet.projects.explain(projectIdOf(request), { signal: inFlight.enter(reply.raw) }),
  });
}
