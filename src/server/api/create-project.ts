import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { createdProjectSchema, createProjectSchema } from '../../sdk/resources.js';
import type { RateLimitState } from '../../sdk/serving.js';
import { clientAddress, clientKey } from '../client-address.js';
import { answers, emptyWithoutBody } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const createHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The same key gives the first answer again for 24 hours, deploy key included.' }),
});

/** Open to all, counted per client; the operator is not counted. A wrong bearer is refused, not taken for nobody's. */
export function createProjectRoute(api: Api, parts: ApiParts): void {
  api.route({
    method: 'POST',
    url: '/api/projects',
    schema: {
      summary: 'Create a project',
      tags: ['projects'],
      headers: createHeaders,
      body: createProjectSchema.strict(),
      response: answers(201, createdProjectSchema),
    },
    onRequest: async (request) => {
      const { authorization } = request.headers;
      if (authorization !== undefined) parts.auth.requireOperator(authorization);
    },
    preValidation: emptyWithoutBody,
    handler: async (request, reply) => {
      const client =
        request.headers.authorization === undefined
          ? clientKey(clientAddress(request.raw, parts.trustFlyProxy))
          : undefined;
      if (client !== undefined) tellLimit(reply, await parts.createLimit.take(client));
      const key = request.headers['idempotency-key'];
      const signal = parts.inFlight.enter(reply.raw);
      const options = { signal, ...(key !== undefined && { idempotencyKey: keyOf(key, client) }) };
      const created = await parts.valet.projects.create(request.body, options);
      return reply
        .code(201)
        .headers({ location: `/api/projects/${created.id}`, 'cache-control': 'no-store' })
        .send(created);
    },
  });
}

/** The answer holds the deploy key: a client's keys are its own, so that nobody gets another's answer by guessing. */
function keyOf(key: string, client: string | undefined): string {
  return client === undefined ? key : `${client} ${key}`;
}

function tellLimit(reply: FastifyReply, { limit, remaining, resetSecs }: RateLimitState): void {
  reply.headers({
    'ratelimit-limit': limit,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': Math.ceil(resetSecs),
  });
}
