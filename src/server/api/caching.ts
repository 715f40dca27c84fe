import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The hook for what is read repeatedly: a weak tag of the content, and 304 for who has it. It saves the way, not the work:
 * whoever may not read was refused before, and the content was made to know its tag.
 */
export async function answerConditionally(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  const { config } = request.routeOptions;
  if (config.conditional !== true || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const tag = tagOf(payload);
  reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
  addVary(reply, 'Authorization');
  if (!knows(request.headers['if-none-match'], tag)) return payload;
  reply.code(304).removeHeader('content-type');
  return null;
}

/** Other parts of the server add to the same header. */
export function addVary(reply: FastifyReply, name: string): void {
  const before = String(reply.getHeader('vary') ?? '');
  const names = before.split(',').map((one) => one.trim().toLowerCase());
  if (!names.includes(name.toLowerCase())) reply.header('vary', before === '' ? name : `${before}, ${name}`);
}

function tagOf(content: string): string {
  return `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** RFC 9110, 13.1.2: the comparison is the weak one. */
function knows(header: string | undefined, tag: string): boolean {
  const bare = (one: string) => one.trim().replace(/^W\//, '');
  return header?.split(',').some((one) => one.trim() === '*' || bare(one) === bare(tag)) ?? false;
}
