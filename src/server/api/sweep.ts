import { z } from 'zod';
import { sweepOptionsSchema, sweepPlanSchema, sweepResultSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, emptyWithoutBody, operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['sweep'];
/** A misspelt option must not become a sweep with the default in its place. */
const options = sweepOptionsSchema.strict();
/** Nor must a null or an empty text become 0, which would be a sweep of everything. */
const body = options.extend({ older_than_secs: z.number().min(0).optional() });

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
    preValidation: emptyWithoutBody,
    schema: {
      summary: 'Archive the projects that nobody uses, and wait',
      tags,
      security: operatorSecurity,
      body,
      response: answers(200, sweepResultSchema),
    },
    handler: (request, reply) => valet.sweep.run(request.body, { signal: inFlight.enter(reply.raw) }),
  });
}
