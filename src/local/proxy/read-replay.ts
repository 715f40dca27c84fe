import type { IncomingMessage } from 'node:http';
import { type ParsedReplay, parseReplayHeader, parseReplayJson } from './parse-replay.js';
import type { Answer } from './upstream.js';

const jsonType = 'application/vnd.fly.replay+json';
const maxReplayJsonBytes = 65_536;

/** Whether an answer is one for the client or a replay; a replay's body is read here and its connection freed. */
export async function readReplay(answer: Answer): Promise<ParsedReplay | { readonly kind: 'none' }> {
  if (answer.kind === 'upgraded') return { kind: 'none' };
  const { message } = answer;
  const header = message.headers['fly-replay'];
  if (header !== undefined) {
    await readText(message);
    return parseReplayHeader(String(header));
  }
  if (message.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== jsonType) return { kind: 'none' };
  const body = await readText(message);
  return body === undefined ? { kind: 'invalid', why: 'is too long or broke off' } : parseReplayJson(body);
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
