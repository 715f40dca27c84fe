import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { answers } from './schemas.js';
import type { Api } from './types.js';

/** Must be registered before the routes: it hears of each as it is added. */
export async function describeApi(api: Api, version: string): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Valet', version, description: 'One machine per project on Fly.io, asleep when nobody uses it.' },
      components: {
        securitySchemes: {
          operator: { type: 'http', scheme: 'bearer', description: 'CONTROL_PLANE_SECRET' },
          machine: { type: 'http', scheme: 'bearer', description: 'The secret of the machine of that project' },
        },
      },
    },
    transform: jsonSchemaTransform,
  });
}

export function openApiRoute(api: Api): void {
  api.route({
    method: 'GET',
    url: '/api/openapi.json',
    schema: {
      summary: 'This document',
      tags: ['server'],
      response: answers(200, z.looseObject({ openapi: z.string() })),
    },
    handler: async () => ({ ...api.swagger(), openapi: '3.1.0' }),
  });
}
