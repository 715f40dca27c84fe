import { sweepOptionsSchema, sweepPlanSchema, sweepResultSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['sweep'];
/** A misspelt option must not become a sweep with the default in its place. */
const options = sweepOptionsSchema.strict();

export function sweepRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/sweep/plan',
    onRequest,
    schema: {
      summary: 'What a sweep would do now',
      tags,
      security: operatorSecurity,
      querystring: options,
      response: answers(200, sweepPlanSchema),
    },
    handler: (request, reply) => valet.sweep.plan(request.query, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/sweep/run',
    onRequest,
    preValidation: async (request) => {
      request.body ??= options.parse({});
    },
    schema: {
      summary: 'Archive the projects that nobody uses, and wait',
      tags,
      security: operatorSecurity,
      body: options,
      response: answers(200, sweepResultSchema),
    },
    handler: (request, reply) => valet.sweep.run(request.body, { signal: inFlight.enter(reply.raw) }),
  });
}
