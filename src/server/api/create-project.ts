import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { codeOf } from '../../sdk/errors.js';
import { createdProjectSchema, createProjectSchema } from '../../sdk/resources.js';
import { unless } from '../../sdk/running.js';
import type { CreateAllowance, RateLimitState } from '../../sdk/serving.js';
import { clientAddress, clientKey } from '../client-address.js';
import { statusOf } from '../problem.js';
import { location, rateLimit } from './answer-headers.js';
import { operatorSecurity } from './schemas.js';
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
    config: { problems: [409, 429, 502, 503], bodyOptional: true, headers: { ...location, ...rateLimit } },
    schema: {
      operationId: 'createProject',
      summary: 'Create a project',
      security: [{}, ...operatorSecurity],
      tags: ['projects'],
      headers: createHeaders,
      body: createProjectSchema.strict(),
      response: { 201: createdProjectSchema },
    },
    onRequest: async (request) => {
      const { authorization } = request.headers;
      if (authorization !== undefined) parts.auth.requireOperator(authorization);
    },
    handler: async (request, reply) => {
      const { authorization } = request.headers;
      const isPublic = authorization === undefined;
      const client = isPublic ? clientKey(clientAddress(request.raw, parts.trustFlyProxy)) : undefined;
      const allowance = client === undefined ? undefined : await parts.createLimit.begin(client);
      if (allowance !== undefined) tellLimit(reply, allowance.state);
      const key = request.headers['idempotency-key'];
      const options = key === undefined ? {} : { idempotencyKey: keyOf(key, client) };
      // Not ended by the client's leaving, so that its place is taken for as long as the work goes on.
      const creating = counted(parts.valet.projects.create(request.body, options), allowance);
      const created = await unless(parts.inFlight.enter(reply.raw), creating);
      return reply
        .code(201)
        .headers({ location: `/api/projects/${created.id}`, 'cache-control': 'no-store' })
        .send(created);
    },
  });
}

/** A place that is not given back now is free when its time is over: no reason to fail. */
async function counted<T>(creating: Promise<T>, allowance: CreateAllowance | undefined): Promise<T> {
  let counts = true;
  try {
    return await creating;
  } catch (thrown) {
    counts = statusOf(codeOf(thrown)) < 500;
    throw thrown;
  } finally {
    await allowance?.end(counts).catch(() => undefined);
  }
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
