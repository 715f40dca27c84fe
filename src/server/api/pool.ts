import { poolStatusSchema, replenishResultSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['pool'];

export function poolRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/pool',
    onRequest,
    schema: {
      summary: 'Look at the warm pool',
      tags,
      security: operatorSecurity,
      response: answers(200, poolStatusSchema),
    },
    handler: (_request, reply) => valet.pool.status({ signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/pool/replenish',
    onRequest,
    schema: {
      summary: 'Fill the warm pool and wait for its new members',
      tags,
      security: operatorSecurity,
      response: answers(200, replenishResultSchema),
    },
    handler: (_request, reply) => valet.pool.replenish({ signal: inFlight.enter(reply.raw) }),
  });
}
