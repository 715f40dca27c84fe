import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Problem } from './problem.js';

const maxJsonBytes = 64 * 1024;

/**
 * The whole body, or a 413 as soon as it is too large. Listens for events because leaving a `for await` early would
 * destroy the socket before the refusal is sent.
 */
export function readBody(request: IncomingMessage, maxBodyBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) return chunks.push(chunk);
      chunks.length = 0;
      return reject(new Problem(413, 'body_too_large', `The body is larger than ${maxBodyBytes} bytes.`));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Problem(400, 'request_aborted', 'The body ended too early.')));
  });
}

/** @throws Problem 400 `request_invalid`, naming the field and the rule. */
export async function readJson<T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.output<T>> {
  const body = await readBody(request, maxJsonBytes);
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new Problem(400, 'request_invalid', `The body is not valid. ${faults.slice(0, 10).join('; ')}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's own message quotes the body, which may hold a deploy key or a presigned URL.
    throw new Problem(400, 'request_invalid', 'The body is not JSON.');
  }
}
