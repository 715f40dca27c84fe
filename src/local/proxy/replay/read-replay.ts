import type { IncomingMessage } from 'node:http';
import type { Answer } from '../delivery/upstream.js';
import { type ParsedReplay, parseReplayHeader, parseReplayJson, type UnitlessTimeout } from './parse-replay.js';

const jsonType = 'application/vnd.fly.replay+json';
const maxReplayJsonBytes = 65_536;

/** Whether an answer is one for the client or a replay; a replay's body is read here and its connection freed. */
export async function readReplay(
  answer: Answer,
  unitless: UnitlessTimeout,
): Promise<ParsedReplay | { readonly kind: 'none' }> {
  if (answer.kind === 'upgraded') return { kind: 'none' };
  const { message } = answer;
  const header = one(message, 'fly-replay');
  if (header !== undefined) {
    await readText(message);
    const cache = {
      cache: one(message, 'fly-replay-cache'),
      ttlSecs: one(message, 'fly-replay-cache-ttl-secs'),
      allowBypass: one(message, 'fly-replay-cache-allow-bypass'),
    };
    return parseReplayHeader(header, cache, unitless);
  }
  if (message.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== jsonType) return { kind: 'none' };
  const body = await readText(message);
  return body === undefined ? { kind: 'invalid', why: 'is too long or broke off' } : parseReplayJson(body, unitless);
}

function one(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Undefined when it is too long or broke off; the connection is then given up. */
async function readText(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxReplayJsonBytes) return undefined;
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}
