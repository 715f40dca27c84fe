import { z } from 'zod';
import { sweepOptionsSchema, sweepPlanSchema, sweepResultSchema } from '../../sdk/resources.js';
import { sweepStepSchema } from '../../sdk/steps.js';
import { type LineParts, sendSteps } from './lines.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['sweep'];
/** A misspelt option must not become a sweep with the default in its place. */
const options = sweepOptionsSchema.strict();
/** Nor must a null or an empty text become 0, which would be a sweep of everything. */
const body = options.extend({ older_than_secs: z.number().min(0).optional() });

export function sweepRoutes(api: Api, { valet, auth, inFlight }: ApiParts, lines: LineParts): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/sweep/plan',
    onRequest,
    config: { problems: [503] },
    schema: {
      operationId: 'planSweep',
      summary: 'What a sweep would do now',
      tags,
      security: operatorSecurity,
      querystring: options,
      response: { 200: sweepPlanSchema },
    },
    handler: (request, reply) => valet.sweep.plan(request.query, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/sweep/run',
    onRequest,
    config: { problems: [409, 502, 503], bodyOptional: true, step: sweepStepSchema },
    schema: {
      operationId: 'runSweep',
      summary: 'Archive the projects that nobody uses, and wait',
      tags,
      security: operatorSecurity,
      body,
      response: { 200: sweepResultSchema },
    },
    handler: (request, reply) =>
      sendSteps(valet.sweep.steps(request.body, { signal: inFlight.enter(reply.raw) }), request, reply, lines),
  });
}
