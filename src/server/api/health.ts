import { z } from 'zod';
import type { Api } from './types.js';

const healthSchema = z.object({ status: z.literal('ok'), version: z.string() });

/** Says only that this process answers. Whether it should get traffic is asked on the private port. */
export function healthRoute(api: Api, version: string): void {
  api.route({
    method: 'GET',
    url: '/health',
    schema: {
      operationId: 'getHealth',
      summary: 'Whether this instance is alive',
      tags: ['server'],
      response: { 200: healthSchema },
    },
    handler: async () => ({ status: 'ok' as const, version }),
  });
}
