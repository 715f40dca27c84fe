import { z } from 'zod';
import { routeSchema } from '../../sdk/resources.js';
import type { Api, ApiParts } from './types.js';

const routeParams = z.object({
  project_id: z.string().min(1).max(260).meta({ description: 'The id of a project, or a host name.' }),
});

/** This instance's own router answers, from its own cache: what a request that came here now would get. */
export function explainRouteRoute(api: Api, { router }: ApiParts): void {
  api.route({
    method: 'GET',
    url: '/api/route/:project_id',
    config: { problems: [503] },
    schema: {
      operationId: 'explainRoute',
      summary: 'Where a request would go now, and why; wakes nothing',
      tags: ['routing'],
      params: routeParams,
      response: { 200: routeSchema },
    },
    handler: (request) => router.explain(request.params.project_id),
  });
}
