import { orphanIdsSchema, orphanListSchema, orphanResultSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { answers, operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['orphans'];
const summaries = {
  remove: 'Give orphans back to Fly, data and all',
  keep: 'Leave orphans alone; they stop nothing any more',
} as const;

export function orphanRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/orphans',
    onRequest,
    schema: {
      summary: 'Machines and volumes at Fly that carry our stamp and are not accounted for',
      tags,
      security: operatorSecurity,
      response: answers(200, orphanListSchema),
    },
    handler: (_request, reply) => valet.orphans.list({ signal: inFlight.enter(reply.raw) }),
  });

  for (const verdict of ['remove', 'keep'] as const) {
    api.route({
      method: 'POST',
      url: `/api/orphans/${verdict}`,
      onRequest,
      schema: {
        summary: summaries[verdict],
        tags,
        security: operatorSecurity,
        body: orphanIdsSchema.strict(),
        response: answers(200, orphanResultSchema),
      },
      handler: (request, reply) => valet.orphans[verdict](request.body, { signal: inFlight.enter(reply.raw) }),
    });
  }
}
