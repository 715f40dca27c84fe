import { listMachinesSchema, machinePageSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

export function machineRoutes(api: Api, { valet, auth, inFlight }: ApiParts): void {
  api.route({
    method: 'GET',
    url: '/api/machines',
    onRequest: operatorOnly(auth),
    config: { problems: [503], conditional: true },
    schema: {
      operationId: 'listMachines',
      summary: 'List machines',
      tags: ['machines'],
      security: operatorSecurity,
      querystring: listMachinesSchema.strict(),
      response: { 200: machinePageSchema },
    },
    handler: (request, reply) => valet.machines.list(request.query, { signal: inFlight.enter(reply.raw) }),
  });
}
