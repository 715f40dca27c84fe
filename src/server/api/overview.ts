import { overviewSchema } from '../../sdk/resources.js';
import { SharedRead } from '../shared-read.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity } from './schemas.js';
import type { Api, ApiParts } from './types.js';

/** However many screens are open, the database is asked once a second at most. */
const keepMs = 1_000;
const timeoutMs = 20_000;

export function overviewRoute(api: Api, { valet, status, auth, now }: ApiParts): void {
  const shared = new SharedRead({ read: () => valet.overview(), keepMs, timeoutMs, now });
  api.route({
    method: 'GET',
    url: '/api/overview',
    onRequest: operatorOnly(auth),
    config: { problems: [503] },
    schema: {
      operationId: 'getOverview',
      summary: 'All of it at a glance: projects by state, the pool, the last wakes and events, locks, this instance',
      tags: ['server'],
      security: operatorSecurity,
      response: { 200: overviewSchema },
    },
    handler: async () => ({ ...(await shared.get()), server: status() }),
  });
}
