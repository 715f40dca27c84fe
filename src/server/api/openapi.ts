import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { linesMediaType } from '../../sdk/http/lines.js';
import { describedRoute, record, tags } from './described-route.js';
import { lineSchemaOf } from './lines.js';
import type { Api } from './types.js';

interface Operation {
  readonly operationId?: string;
  requestBody?: object;
}
type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;
type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

const description = `One machine per project on Fly.io, asleep when nobody uses it.

Errors are problem documents (RFC 9457) with a stable \`code\`. Every answer has \`X-Request-Id\`.`;

/** From zod's schema to JSON schema, and then what the route says of itself besides. */
const transform =
  (optional: Set<string>): Transform =>
  (given) => {
    const { schema, url } = jsonSchemaTransform({ ...given, schema: withLines(given.schema, given.route.config) });
    const { config = {} } = given.route;
    if (config.bodyOptional === true) optional.add(schema.operationId ?? '');
    return { schema: describedRoute(schema, config), url };
  };

/** What an operation answers to who accepts lines, beside its result. */
function withLines(schema: FastifySchema, config: FastifyContextConfig = {}): FastifySchema {
  if (config.step === undefined) return schema;
  const content = {
    'application/json': { schema: record(schema.response)['200'] },
    [linesMediaType]: { schema: lineSchemaOf(config.step) },
  };
  return { ...schema, response: { 200: { content } } };
}

const transformObject =
  (optional: ReadonlySet<string>): TransformObject =>
  (document) => {
    const whole = jsonSchemaTransformObject(document);
    dropInputs('components' in whole ? whole.components?.schemas : undefined);
    for (const item of Object.values(whole.paths ?? {})) freeBody(item?.post, optional);
    return whole;
  };

/** Named are the shapes of answers alone; what is sent stands where it is described. */
function dropInputs(schemas: Record<string, unknown> = {}): void {
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
}

/** The plugin takes every body for required; those of these operations are not. */
function freeBody(operation: Operation | undefined, optional: ReadonlySet<string>): void {
  const body = operation?.requestBody;
  if (operation === undefined || body === undefined || !optional.has(operation.operationId ?? '')) return;
  operation.requestBody = { ...body, required: false };
}

/** Must be registered before the routes: it hears of each as it is added. */
export async function describeApi(api: Api, version: string): Promise<void> {
  const bodyOptional = new Set<string>();
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Valet', version, description },
      tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
      components: {
        securitySchemes: {
          operator: { type: 'http', scheme: 'bearer', description: 'CONTROL_PLANE_SECRET' },
          machine: { type: 'http', scheme: 'bearer', description: 'The secret of the machine of that project' },
        },
      },
    },
    transform: transform(bodyOptional),
    transformObject: transformObject(bodyOptional),
  });
}

export function openApiRoute(api: Api): void {
  api.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: { conditional: true },
    schema: {
      operationId: 'getOpenApi',
      summary: 'This document',
      tags: ['server'],
      response: { 200: z.looseObject({ openapi: z.string() }) },
    },
    handler: async () => ({ ...api.swagger(), openapi: '3.1.0' }),
  });
}
