import type { FastifyRequest } from 'fastify';
import type { Auth } from '../auth.js';

/** The hook of every route that is the operator's: it runs before the body is read. */
export function operatorOnly(auth: Auth): (request: FastifyRequest) => Promise<void> {
  return async (request) => auth.requireOperator(request.headers.authorization);
}
