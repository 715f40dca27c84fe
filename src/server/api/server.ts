import { serverStatusSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

/** Of whichever instance answers: behind a load balancer the next call may reach another. */
export function serverRoute(api: Api, { status, auth }: ApiParts): void {
  api.route({
    method: 'GET',
    url: '/api/server',
    onRequest: operatorOnly(auth),
    config: { problems: [] },
    schema: {
      operationId: 'getServer',
      summary: 'How the instance that answers is doing: its background tasks, locks and connections',
      tags: ['server'],
      security: operatorSecurity,
      response: { 200: serverStatusSchema },
    },
    handler: async () => status(),
  });
}
