import cors from '@fastify/cors';
import Fastify, { type FastifyServerFactory } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { archiveHeader } from '../../sdk/http/archive-header.js';
import { requestIdOf } from '../request-id.js';
import { activityRoute } from './activity.js';
import { AllowedMethods } from './allowed-methods.js';
import { archiveRoutes } from './archives.js';
import { answerConditionally } from './caching.js';
import { createProjectRoute } from './create-project.js';
import { refuseOtherEnvironments } from './environment.js';
import { sendError, sendNoRoute } from './errors.js';
import { healthRoute } from './health.js';
import { installationRoute } from './installation.js';
import { machineRoutes } from './machines.js';
import { describeApi, openApiRoute } from './openapi.js';
import { orphanRoutes } from './orphans.js';
import { overviewRoute } from './overview.js';
import { poolRoutes } from './pool.js';
import { projectActionRoutes } from './project-actions.js';
import { projectRoutes } from './projects.js';
import { explainRouteRoute } from './route.js';
import { serverRoute } from './server.js';
import { sweepRoutes } from './sweep.js';
import type { Api, ApiParts } from './types.js';

const maxBodyBytes = 64 * 1024;
/** More than any id or host name has: what is too long is told so by the schema of its route. */
const maxParamChars = 1_000;

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
  answerUnknownRoutes(api);
  acceptEmptyJson(api);
  api.addHook('onRequest', async (request, reply) => {
    parts.inFlight.enter(reply.raw);
    reply.header('x-request-id', request.id);
  });
  refuseOtherEnvironments(api, parts);
  api.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.bodyOptional === true) request.body ??= {};
  });
  // Here, since reading the body has lost whose it was.
  api.addHook('preHandler', (request, _reply, done) => parts.correlation.ofRequest(request.id, done));
  api.addHook('onSend', answerConditionally);
  recordRequests(api, log);
  await answerPreflights(api, parts.corsOrigins);
  await describeApi(api, parts.version);
  addRoutes(api, parts, log);
  await api.ready();
  return api;
}

function addRoutes(api: Api, parts: ApiParts, log: Logger): void {
  const lines = { log, heartbeatMs: parts.heartbeatMs };
  healthRoute(api, parts.version);
  openApiRoute(api);
  serverRoute(api, parts);
  installationRoute(api, parts);
  overviewRoute(api, parts);
  createProjectRoute(api, parts);
  projectRoutes(api, parts);
  projectActionRoutes(api, parts);
  activityRoute(api, parts);
  explainRouteRoute(api, parts);
  archiveRoutes(api, parts, log);
  machineRoutes(api, parts);
  orphanRoutes(api, parts, lines);
  poolRoutes(api, parts, lines);
  sweepRoutes(api, parts, lines);
}

function answerUnknownRoutes(api: Api): void {
  const methods = new AllowedMethods();
  api.addHook('onRoute', ({ url, method }) => methods.add(url, method));
  api.setNotFoundHandler((request, reply) => sendNoRoute(methods, request, reply));
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
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposedHeaders: [
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'location',
      'etag',
      'www-authenticate',
      'x-request-id',
      archiveHeader,
    ],
    strictPreflight: false,
    maxAge: 600,
  });
}
