import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const acceptable = /^[\w.-]{1,100}$/;

/** Fly's id of the request, so that our log and Fly's can be read side by side; otherwise one of our own. */
export function requestIdOf(request: IncomingMessage): string {
  const told = request.headers['fly-request-id'];
  return typeof told === 'string' && acceptable.test(told) ? told : randomUUID();
}
