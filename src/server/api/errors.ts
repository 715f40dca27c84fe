import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { asError, ValetError } from '../../sdk/errors.js';
import { type Answer, answerError, wantsHtml } from '../answer.js';
import { publicError, statusOf } from '../problem.js';
import type { AllowedMethods } from './allowed-methods.js';
import { addVary } from './caching.js';

/** Answers with the problem document of anything thrown while an API request was handled. */
export function sendError(log: Logger, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { error, status } = understood(thrown);
  // Whatever a call throws when its client went away, nobody is told of it and nothing is wrong.
  if (error.code === 'internal' && !reply.raw.destroyed)
    log.error({ request_id: request.id, err: asError(thrown) }, 'API request failed');
  return answerWith(reply, answerError(error, { requestId: request.id, html: false, status }));
}

/**
 * No such route. People who typed a wrong address get a page; programs, and everyone under `/api`, the problem document.
 * Where only the method is wrong, it says which there are.
 */
export function sendNoRoute(methods: AllowedMethods, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = methods.at(path);
  if (allowed.length > 0) return sendWrongMethod(allowed, request, reply);
  const error = new ValetError('not_found', `There is nothing at ${request.method} ${path.slice(0, 200)}.`, {
    hint: 'GET /api/openapi.json lists what there is.',
  });
  const html = !path.startsWith('/api') && wantsHtml(request.headers.accept);
  return answerWith(reply, answerError(error, { requestId: request.id, html }));
}

function sendWrongMethod(allowed: readonly string[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const list = allowed.join(', ');
  const error = new ValetError('request_invalid', `${request.method} is not what this address takes.`, {
    hint: `Use ${list}.`,
    details: { allowed },
  });
  reply.header('allow', list);
  return answerWith(reply, answerError(error, { requestId: request.id, html: false, status: 405 }));
}

function answerWith(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  const { vary, ...others } = headers;
  if (vary !== undefined) addVary(reply, vary);
  return reply.code(status).headers(others).send(body);
}

/** Anything thrown, as what the caller is told and with which status. */
export function understood(thrown: unknown): { error: ValetError; status: number } {
  const error = refusedByFastify(thrown) ?? publicError(thrown);
  const status = isFastifyError(thrown) && error.code === 'request_invalid' ? (thrown.statusCode ?? 400) : undefined;
  return { error, status: status ?? statusOf(error.code) };
}

/** What Fastify itself refuses before a handler runs: schema, size, media type, malformed JSON. */
function refusedByFastify(thrown: unknown): ValetError | undefined {
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const faults = thrown.validation.map((fault) => ({
      field: fault.instancePath.replace(/^\//, ''),
      rule: fault.message ?? '',
    }));
    const where = thrown.validationContext ?? 'request';
    const list = faults.map(({ field, rule }) => (field === '' ? rule : `${field}: ${rule}`)).join('; ');
    return new ValetError('request_invalid', `The ${where} is not as it should be: ${list}.`, { details: { faults } });
  }
  if (!isFastifyError(thrown) || thrown.statusCode === undefined || thrown.statusCode >= 500) return undefined;
  return new ValetError('request_invalid', thrown.message);
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && !(thrown instanceof ValetError) && 'statusCode' in thrown;
}
