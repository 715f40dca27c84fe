import { z } from 'zod';
import { bearerOf, unauthorized } from '../auth.js';
import { operatorSecurity, projectIdOf, projectParams } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const activitySchema = z.object({
  activity: z.enum(['recorded', 'ignored']).meta({ description: 'Ignored while the project is being archived.' }),
});

/** For the operator, and for a project's machine with its own secret, which is good for its own project only. */
export function activityRoute(api: Api, { activity, auth }: ApiParts): void {
  api.route({
    method: 'POST',
    url: '/api/projects/:id/activity',
    config: { problems: [503] },
    schema: {
      operationId: 'reportActivity',
      summary: 'Report that a project is used',
      tags: ['projects'],
      security: [...operatorSecurity, { machine: [] }],
      params: projectParams,
      response: { 200: activitySchema },
    },
    handler: async (request) => {
      const id = projectIdOf(request);
      const { authorization } = request.headers;
      if (auth.isOperator(authorization)) return { activity: await activity.byOperator(id) };
      const bearer = bearerOf(authorization);
      const result = bearer === undefined ? 'unauthorized' : await activity.byMachine(id, bearer);
      if (result === 'unauthorized') throw unauthorized();
      return { activity: result };
    },
  });
}
