import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Answer, asObject } from './answer.js';

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sends the head and holds the body back until it aborts. */
  readonly holdBody?: AbortSignal;
}

export interface ConversationOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Cut out of whatever is told. */
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** The largest answer that the protocol allows. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** Every call on a connection of its own, and bounded: what a server does with one tells nothing of another. */
export class Conversation {
  readonly #options: ConversationOptions;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Never rejects but for an interruption: no answer is an answer too. */
  async ask(ask: Ask): Promise<Answer> {
    const { signal, timeoutMs } = this.#options;
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return this.#withoutSecret(await exchange(this.#options.url, ask, AbortSignal.any([signal, timeout])));
    } catch (error) {
      signal.throwIfAborted();
      return noAnswer(timeout.aborted ? `no answer within ${timeoutMs} ms` : `no answer: ${faultOf(error)}`);
    }
  }

  /** Until it answers anything, as after a restart; the last answer if it does not in time. */
  async untilAnswered(ask: Ask): Promise<Answer> {
    const deadline = performance.now() + this.#options.timeoutMs;
    for (;;) {
      const answer = await this.ask(ask);
      if ((answer.status !== 0 && answer.status < 502) || performance.now() >= deadline) return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #withoutSecret(answer: Answer): Answer {
    return { ...answer, text: answer.text.replaceAll(this.#options.secret, '[secret]') };
  }
}

function exchange(base: string, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const url = new URL(`${base.replace(/\/+$/, '')}${ask.path}`);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: ask.method,
    headers: { ...lengthOf(ask), ...ask.headers },
    agent: false,
    signal,
  });
  request.once('error', reject).once('response', (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxAnswerBytes) response.destroy(new Error(`an answer over ${maxAnswerBytes} bytes`));
      else chunks.push(chunk);
    });
    response.once('error', reject).once('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers, text, body: asObject(text), fault: null });
      // What is left of a body that nobody wants would keep the connection open.
      request.destroy();
    });
  });
  if (ask.holdBody === undefined) request.end(ask.body);
  else {
    request.flushHeaders();
    ask.holdBody.addEventListener('abort', () => request.end(ask.body), { once: true });
  }
  return promise;
}

function lengthOf({ method, body }: Ask): Record<string, string> {
  if (body === undefined && (method === 'GET' || method === 'HEAD')) return {};
  return { 'content-length': String(Buffer.byteLength(body ?? '')) };
}

function noAnswer(fault: string): Answer {
  return { status: 0, headers: {}, text: '', body: null, fault };
}

function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  return 'code' in error ? String(error.code) : error.message;
}
