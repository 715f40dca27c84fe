import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { ValetError } from '../errors.js';
import { errorFrom } from './error-from-problem.js';
import { type Answer, createAgent, exchange } from './exchange.js';
import { TransportFault } from './fault.js';

export interface ValetHttpOptions {
  readonly url: string;
  readonly secret: string | undefined;
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher | undefined;
}

export interface ApiCall<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: Schema;
  /** Instead of the ordinary timeout, for calls that resolve when their work is done. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal | undefined;
}

const connectTimeoutMs = 10_000;
/** The largest page of a listing stays far below. */
const maxBodyBytes = 16 * 1024 * 1024;

/** One call to `valet serve`: sent once, answered with what the schema promises or a ValetError. */
export class ValetHttp {
  readonly #options: ValetHttpOptions;
  readonly #base: URL;
  readonly #dispatcher: Dispatcher;
  #closed = false;

  /** @throws ValetError `config_invalid` */
  constructor(options: ValetHttpOptions) {
    this.#options = options;
    this.#base = parseBase(options.url);
    this.#dispatcher = options.dispatcher ?? createAgent(connectTimeoutMs);
  }

  async call<Schema extends z.ZodType>(call: ApiCall<Schema>): Promise<z.output<Schema>> {
    const { status, text } = await this.#exchange(call);
    const json = parseJson(text);
    if (status < 200 || status > 299) throw errorFrom(status, json, this.#base.href);
    const parsed = call.answer.safeParse(json);
    if (parsed.success) return parsed.data;
    throw this.#unreachable('answered with something that is not Valet’s', {
      hint: 'Check that the URL is that of `valet serve`, in a version that fits this one.',
      cause: parsed.error,
    });
  }

  /** Closes the connections, unless the dispatcher is the caller's. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed || this.#options.dispatcher !== undefined) return;
    this.#closed = true;
    await this.#dispatcher.destroy();
  }

  async #exchange(call: ApiCall<z.ZodType>): Promise<Answer> {
    try {
      return await exchange({
        dispatcher: this.#dispatcher,
        method: call.method,
        url: this.#urlOf(call),
        headers: this.#headersOf(call),
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        timeoutMs: call.timeoutMs ?? this.#options.timeoutMs,
        maxBodyBytes,
        signal: call.signal,
      });
    } catch (thrown) {
      if (!(thrown instanceof TransportFault)) throw thrown;
      const hint = 'Check the URL and that `valet serve` is running.';
      throw this.#unreachable(`was not reached: ${thrown.message}`, { hint, cause: thrown });
    }
  }

  #urlOf({ path, query = {} }: ApiCall<z.ZodType>): URL {
    const url = new URL(this.#base.href.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  #headersOf({ body, headers }: ApiCall<z.ZodType>): Record<string, string> {
    const { secret } = this.#options;
    return {
      accept: 'application/json, application/problem+json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
      ...headers,
    };
  }

  #unreachable(what: string, context: { readonly hint: string; readonly cause: unknown }): ValetError {
    return new ValetError('valet_unreachable', `Valet at ${this.#base.href} ${what}.`, context);
  }
}

function parseBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    url.search = '';
    url.hash = '';
    return url;
  }
  // The text is not repeated: it may hold credentials.
  throw new ValetError('config_invalid', 'The URL of `valet serve` is not an http or https URL without credentials.', {
    hint: 'Give something like https://valet.example.com, and the secret separately.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
