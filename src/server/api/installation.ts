import { installationSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

export function installationRoute(api: Api, { valet, auth, inFlight }: ApiParts): void {
  api.route({
    method: 'GET',
    url: '/api/installation',
    onRequest: operatorOnly(auth),
    config: { problems: [] },
    schema: {
      operationId: 'getInstallation',
      summary: 'Which installation answers: its environment, Fly app and version',
      tags: ['server'],
      security: operatorSecurity,
      response: { 200: installationSchema },
    },
    handler: (_request, reply) => valet.installation({ signal: inFlight.enter(reply.raw) }),
  });
}
