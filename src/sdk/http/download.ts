import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { asError } from '../errors.js';
import { TransportFault } from './fault.js';

/** One request whose answer is read as it comes, however large it is. */
export interface Download {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Until the answer begins. */
  readonly timeoutMs: number;
  /** Between two pieces of it, while somebody wants the next one. */
  readonly silenceMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Downloading {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Read only as fast as it is consumed. Throws TransportFault, or the signal's reason; to leave it ends the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** @throws TransportFault when no answer begins; the signal's reason when the caller gave up */
export async function download(asked: Download): Promise<Downloading> {
  asked.signal?.throwIfAborted();
  try {
    const { request: send } = await import('undici');
    const response = await send(asked.url, {
      dispatcher: asked.dispatcher,
      method: asked.method,
      headers: asked.headers,
      body: asked.body ?? null,
      headersTimeout: asked.timeoutMs,
      bodyTimeout: asked.silenceMs,
      signal: asked.signal ?? null,
    });
    return { status: response.statusCode, headers: response.headers, body: pieces(response.body, asked) };
  } catch (error) {
    throw faultOf(error, asked);
  }
}

async function* pieces(body: Dispatcher.ResponseData['body'], asked: Download): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw faultOf(error, asked);
  }
}

function faultOf(thrown: unknown, { signal, timeoutMs, silenceMs }: Download): unknown {
  if (signal?.aborted) return signal.reason;
  const error = asError(thrown);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return TransportFault.of(error, timeoutMs);
  if (code === 'UND_ERR_BODY_TIMEOUT') return new TransportFault('timeout', `silence for ${silenceMs} ms`, error);
  return TransportFault.of(error, null);
}
