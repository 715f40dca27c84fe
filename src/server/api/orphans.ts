import { orphanIdsSchema, orphanListSchema, orphanResultSchema } from '../../sdk/resources.js';
import { orphanStepSchema } from '../../sdk/steps.js';
import { type LineParts, sendSteps } from './lines.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const common = { tags: ['orphans'], security: operatorSecurity };

export function orphanRoutes(api: Api, { valet, auth, inFlight }: ApiParts, lines: LineParts): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/orphans',
    onRequest,
    config: { problems: [503], conditional: true },
    schema: {
      ...common,
      operationId: 'listOrphans',
      summary: 'Machines and volumes at Fly that carry our stamp and are not accounted for',
      response: { 200: orphanListSchema },
    },
    handler: (_request, reply) => valet.orphans.list({ signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/orphans/remove',
    onRequest,
    config: { problems: [503], step: orphanStepSchema },
    schema: {
      ...common,
      operationId: 'removeOrphans',
      summary: 'Give orphans back to Fly, data and all',
      body: orphanIdsSchema.strict(),
      response: { 200: orphanResultSchema },
    },
    handler: (request, reply) =>
      sendSteps(valet.orphans.removeSteps(request.body, { signal: inFlight.enter(reply.raw) }), request, reply, lines),
  });

  api.route({
    method: 'POST',
    url: '/api/orphans/keep',
    onRequest,
    config: { problems: [503] },
    schema: {
      ...common,
      operationId: 'keepOrphans',
      summary: 'Leave orphans alone; they stop nothing any more',
      body: orphanIdsSchema.strict(),
      response: { 200: orphanResultSchema },
    },
    handler: (request, reply) => valet.orphans.keep(request.body, { signal: inFlight.enter(reply.raw) }),
  });
}
