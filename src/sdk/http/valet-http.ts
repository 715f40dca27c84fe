import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { environmentHeader } from '../environment-name.js';
import { ValetError } from '../errors.js';
import type { Logger } from '../logger.js';
import { type ApiCall, bodyOf, type Reading, type Sent } from './api-call.js';
import { parseBase } from './base-url.js';
import { Connections } from './connections.js';
import { type Downloading, download } from './download.js';
import { errorFrom } from './error-from-problem.js';
import { type Answer, exchange, readBounded } from './exchange.js';
import { TransportFault } from './fault.js';

export interface ValetHttpOptions {
  readonly url: string;
  readonly secret: string | undefined;
  /** Sent with every call. */
  readonly environment: string | undefined;
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher | undefined;
  readonly logger: Logger;
}

const connectTimeoutMs = 10_000;
/** The largest page of a listing stays far below. */
const maxBodyBytes = 16 * 1024 * 1024;
/** Longer than the server itself waits for R2, so that it can say what is wrong, and than it is silent between two steps. */
const silenceMs = 60_000;

/** One call to `valet serve`: sent once, answered with what the schema promises or a ValetError. */
export class ValetHttp {
  readonly #options: ValetHttpOptions;
  readonly #base: URL;
  readonly #connections: Connections;

  /** @throws ValetError `config_invalid` */
  constructor(options: ValetHttpOptions) {
    this.#options = options;
    this.#base = parseBase(options.url);
    this.#connections = new Connections({ connectTimeoutMs, lent: options.dispatcher });
  }

  /** For messages. */
  get url(): string {
    return this.#base.href;
  }

  async call<Schema extends z.ZodType>(call: ApiCall<Schema>): Promise<z.output<Schema>> {
    const { status, text } = await this.#exchange(call);
    const json = parseJson(text);
    if (status < 200 || status > 299) throw errorFrom(status, json, this.#base.href);
    return this.understood(json, call.answer);
  }

  /** @throws ValetError `valet_unreachable` for what is not of that shape */
  understood<Schema extends z.ZodType>(json: unknown, schema: Schema): z.output<Schema> {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw this.#unreachable('answered with something that is not Valet’s', {
      hint: 'Check that the URL is that of `valet serve`, in a version that fits this one.',
      cause: parsed.error,
    });
  }

  /**
   * What is too large to be held, or takes longer than a call. Fails like `call`, also while it is read: whoever has read
   * it to its end has all that the server sent.
   */
  async download(call: Reading): Promise<Omit<Downloading, 'status'>> {
    const beganMs = performance.now();
    let status: number | null = null;
    try {
      const answer = await download({
        dispatcher: await this.#connections.dispatcher(),
        method: call.method,
        url: this.#urlOf(call),
        headers: this.#headersOf(call),
        body: bodyOf(call),
        timeoutMs: this.#options.timeoutMs,
        silenceMs,
        signal: call.signal,
      });
      status = answer.status;
      if (status === 200) return { headers: answer.headers, body: this.#reading(answer.body, call.brokenHint) };
      throw errorFrom(status, parseJson(await readBounded(answer.body, maxBodyBytes)), this.#base.href);
    } catch (thrown) {
      throw this.#explained(thrown);
    } finally {
      this.#told(call, status, beganMs);
    }
  }

  /** What an answer is that ended too early, or that cannot be read. */
  broken(why: string, hint: string, cause?: unknown): ValetError {
    return this.#unreachable(`broke off its answer: ${why}`, { hint, cause });
  }

  async *#reading(body: AsyncIterable<Uint8Array>, hint: string): AsyncGenerator<Uint8Array, void> {
    try {
      yield* body;
    } catch (thrown) {
      if (!(thrown instanceof TransportFault)) throw thrown;
      throw this.broken(thrown.message, hint, thrown);
    }
  }

  /** Closes the connections, unless the dispatcher is the caller's. Idempotent. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  async #exchange(call: ApiCall<z.ZodType>): Promise<Answer> {
    const beganMs = performance.now();
    let status: number | null = null;
    try {
      const answer = await exchange({
        dispatcher: await this.#connections.dispatcher(),
        method: call.method,
        url: this.#urlOf(call),
        headers: this.#headersOf(call),
        body: bodyOf(call),
        timeoutMs: call.timeoutMs ?? this.#options.timeoutMs,
        maxBodyBytes,
        signal: call.signal,
      });
      status = answer.status;
      return answer;
    } catch (thrown) {
      throw this.#explained(thrown);
    } finally {
      this.#told(call, status, beganMs);
    }
  }

  /** A status of null: there was no answer. */
  #told({ method, path }: Sent & { readonly method: string }, status: number | null, beganMs: number): void {
    const took_ms = Math.round(performance.now() - beganMs);
    this.#options.logger.debug({ method, path, status, took_ms }, 'call to Valet');
  }

  #explained(thrown: unknown): unknown {
    if (!(thrown instanceof TransportFault)) return thrown;
    const hint = 'Check the URL and that `valet serve` is running.';
    return this.#unreachable(`was not reached: ${thrown.message}`, { hint, cause: thrown });
  }

  #urlOf({ path, query = {} }: Sent): URL {
    const url = new URL(this.#base.href.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  #headersOf({ body, headers, accept = 'application/json' }: Sent): Record<string, string> {
    const { environment } = this.#options;
    return {
      accept: `${accept}, application/problem+json`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(environment !== undefined && { [environmentHeader]: environment }),
      ...this.#authorization(),
      ...headers,
    };
  }

  #authorization(): Record<string, string> {
    const { secret } = this.#options;
    return secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  }

  #unreachable(what: string, context: { readonly hint: string; readonly cause?: unknown }): ValetError {
    return new ValetError('valet_unreachable', `Valet at ${this.#base.href} ${what}.`, context);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
