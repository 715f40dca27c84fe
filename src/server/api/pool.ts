import { drainPoolSchema, drainResultSchema, poolStatusSchema, replenishResultSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, emptyWithoutBody, operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const summaries = {
  pause: 'Make no new members until it is resumed',
  resume: 'Fill the warm pool again',
} as const;

export function poolRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);
  const common = { tags: ['pool'], security: operatorSecurity };

  api.route({
    method: 'GET',
    url: '/api/pool',
    onRequest,
    schema: { ...common, summary: 'Look at the warm pool', response: answers(200, poolStatusSchema) },
    handler: (_request, reply) => valet.pool.status({ signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/pool/replenish',
    onRequest,
    schema: {
      ...common,
      summary: 'Fill the warm pool and wait for its new members',
      response: answers(200, replenishResultSchema),
    },
    handler: (_request, reply) => valet.pool.replenish({ signal: inFlight.enter(reply.raw) }),
  });

  for (const action of ['pause', 'resume'] as const) {
    api.route({
      method: 'POST',
      url: `/api/pool/${action}`,
      onRequest,
      schema: { ...common, summary: summaries[action], response: answers(200, poolStatusSchema) },
      handler: (_request, reply) => valet.pool[action]({ signal: inFlight.enter(reply.raw) }),
    });
  }

  api.route({
    method: 'POST',
    url: '/api/pool/drain',
    onRequest,
    preValidation: emptyWithoutBody,
    schema: {
      ...common,
      summary: 'Give the members back to Fly, and make no new ones until it is resumed',
      body: drainPoolSchema.strict(),
      response: answers(200, drainResultSchema),
    },
    handler: (request, reply) => valet.pool.drain(request.body, { signal: inFlight.enter(reply.raw) }),
  });
}
