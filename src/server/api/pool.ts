import { drainPoolSchema, drainResultSchema, poolStatusSchema, replenishResultSchema } from '../../sdk/resources.js';
import { drainStepSchema, replenishStepSchema } from '../../sdk/steps.js';
import { type LineParts, sendSteps } from './lines.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const summaries = {
  pause: 'Make no new members until it is resumed',
  resume: 'Fill the warm pool again',
} as const;

export function poolRoutes(api: Api, { valet, auth, inFlight }: ApiParts, lines: LineParts): void {
  const onRequest = operatorOnly(auth);
  const common = { tags: ['pool'], security: operatorSecurity };

  api.route({
    method: 'GET',
    url: '/api/pool',
    onRequest,
    config: { problems: [503], conditional: true },
    schema: {
      ...common,
      operationId: 'getPool',
      summary: 'Look at the warm pool',
      response: { 200: poolStatusSchema },
    },
    handler: (_request, reply) => valet.pool.status({ signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/pool/replenish',
    onRequest,
    config: { problems: [502, 503], step: replenishStepSchema },
    schema: {
      ...common,
      operationId: 'replenishPool',
      summary: 'Fill the warm pool and wait for its new members',
      response: { 200: replenishResultSchema },
    },
    handler: (request, reply) =>
      sendSteps(valet.pool.replenishSteps({ signal: inFlight.enter(reply.raw) }), request, reply, lines),
  });

  for (const action of ['pause', 'resume'] as const) {
    api.route({
      method: 'POST',
      url: `/api/pool/${action}`,
      onRequest,
      config: { problems: [503] },
      schema: {
        ...common,
        operationId: `${action}Pool`,
        summary: summaries[action],
        response: { 200: poolStatusSchema },
      },
      handler: (_request, reply) => valet.pool[action]({ signal: inFlight.enter(reply.raw) }),
    });
  }

  api.route({
    method: 'POST',
    url: '/api/pool/drain',
    onRequest,
    config: { problems: [409, 502, 503], bodyOptional: true, step: drainStepSchema },
    schema: {
      ...common,
      operationId: 'drainPool',
      summary: 'Give the members back to Fly, and make no new ones until it is resumed',
      body: drainPoolSchema.strict(),
      response: { 200: drainResultSchema },
    },
    handler: (request, reply) =>
      sendSteps(valet.pool.drainSteps(request.body, { signal: inFlight.enter(reply.raw) }), request, reply, lines),
  });
}
