import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { asError } from '../errors.js';
import { TransportFault } from './fault.js';

/** One request and its answer, bounded in time and in bytes. No retries: those belong to whoever knows the call. */
export interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** From the first connection attempt to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** Closes the connection afterwards, for peers that may freeze while they hold it. */
  readonly closeAfter?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Any status is an answer.
 * @throws TransportFault when there is none; the signal's reason when the caller gave up
 */
export async function exchange(request: Exchange): Promise<Answer> {
  request.signal?.throwIfAborted();
  const stopper = new AbortController();
  const stop = () => stopper.abort();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, request.timeoutMs);
  request.signal?.addEventListener('abort', stop, { once: true });
  try {
    return await perform(request, stopper.signal);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw error instanceof TransportFault
      ? error
      : TransportFault.of(asError(error), timedOut ? request.timeoutMs : null);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', stop);
  }
}

async function perform(request: Exchange, signal: AbortSignal): Promise<Answer> {
  // Loaded already by whoever opened the connections.
  const { request: send } = await import('undici');
  const response = await send(request.url, {
    dispatcher: request.dispatcher,
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
    reset: request.closeAfter ?? false,
    headersTimeout: 0,
    bodyTimeout: 0,
    signal,
  });
  const text = await readBounded(response.body, request.maxBodyBytes);
  return { status: response.statusCode, headers: response.headers, text };
}

/** All of it as text. @throws TransportFault `too_large` */
export async function readBounded(body: AsyncIterable<unknown>, maxBodyBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    // Leaving the loop destroys the body and with it the connection.
    if (bytes > maxBodyBytes) throw new TransportFault('too_large', `the answer is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
