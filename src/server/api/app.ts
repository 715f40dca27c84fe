import cors from '@fastify/cors';
import Fastify, { type FastifyServerFactory } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { archiveHeader } from '../../sdk/http/archive-header.js';
import { requestIdOf } from '../request-id.js';
import { activityRoute } from './activity.js';
import { archiveRoutes } from './archives.js';
import { createProjectRoute } from './create-project.js';
import { sendError, sendNotFound } from './errors.js';
import { healthRoute } from './health.js';
import { machineRoutes } from './machines.js';
import { describeApi, openApiRoute } from './openapi.js';
import { orphanRoutes } from './orphans.js';
import { poolRoutes } from './pool.js';
import { projectActionRoutes } from './project-actions.js';
import { projectRoutes } from './projects.js';
import { explainRouteRoute } from './route.js';
import { serverRoute } from './server.js';
import { sweepRoutes } from './sweep.js';
import type { Api, ApiParts } from './types.js';

const maxBodyBytes = 64 * 1024;
/** A host name fits. */
const maxParamChars = 260;

/** The API as a Fastify application, ready to take requests from the server that the factory makes. */
export async function buildApi(parts: ApiParts, log: Logger, serverFactory: FastifyServerFactory): Promise<Api> {
  const api: Api = Fastify({
    serverFactory,
    logger: false,
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: maxParamChars },
    genReqId: requestIdOf,
    requestIdHeader: false,
    // While stopping, what is under way is finished and what still comes over an open connection is answered.
    return503OnClosing: false,
    // What is malformed is answered by the listener itself.
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, request, reply) => void sendError(log, error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.setErrorHandler((error, request, reply) => sendError(log, error, request, reply));
  api.setNotFoundHandler(sendNotFound);
  acceptEmptyJson(api);
  api.addHook('onRequest', async (_request, reply) => void parts.inFlight.enter(reply.raw));
  // Here, since reading the body has lost whose it was.
  api.addHook('preHandler', (request, _reply, done) => parts.correlation.ofRequest(request.id, done));
  recordRequests(api, log);
  await answerPreflights(api, parts.corsOrigins);
  await describeApi(api, parts.version);
  addRoutes(api, parts, log);
  await api.ready();
  return api;
}

function addRoutes(api: Api, parts: ApiParts, log: Logger): void {
  healthRoute(api, parts.version);
  openApiRoute(api);
  serverRoute(api, parts);
  createProjectRoute(api, parts);
  projectRoutes(api, parts);
  projectActionRoutes(api, parts);
  activityRoute(api, parts);
  explainRouteRoute(api, parts);
  archiveRoutes(api, parts, log);
  machineRoutes(api, parts);
  orphanRoutes(api, parts);
  poolRoutes(api, parts);
  sweepRoutes(api, parts);
}

/** Clients that always say `application/json` are not refused for sending nothing. */
function acceptEmptyJson(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, body.toString(), done);
  });
}

/** One line per API request. No header is in it, and the query is left out. */
function recordRequests(api: Api, log: Logger): void {
  api.addHook('onResponse', async (request, reply) => {
    const path = request.url.split('?', 1)[0];
    if (path === '/health') return;
    const facts = { request_id: request.id, method: request.method, path, status: reply.statusCode };
    log.info({ ...facts, took_ms: Math.round(reply.elapsedTime) }, 'API request');
  });
}

async function answerPreflights(api: Api, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) {
    api.addHook('onRequest', async (request, reply) => {
      if (request.method === 'OPTIONS') await reply.code(204).send();
    });
    return;
  }
  await api.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'location',
      archiveHeader,
    ],
    strictPreflight: false,
    maxAge: 600,
  });
}
