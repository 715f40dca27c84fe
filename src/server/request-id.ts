import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const acceptable = /^[\w.-]{1,100}$/;

/**
 * Fly's id of the request, so that our log and Fly's can be read side by side; else the one that the client gave it; else
 * one of our own. Every answer has it as `X-Request-Id`.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const told = [headers['fly-request-id'], headers['x-request-id']];
  return told.find((id) => typeof id === 'string' && acceptable.test(id))?.toString() ?? randomUUID();
}
