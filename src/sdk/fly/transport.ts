import type { Cause } from '../correlation.js';
import { pause } from '../http/backoff.js';
import type { Connections } from '../http/connections.js';
import { type Answer, exchange } from '../http/exchange.js';
import { TransportFault } from '../http/fault.js';
import { Affinity } from './affinity.js';
import { readAnswer, readJson, refusalOf } from './answer.js';
import { authorizationOf } from './authorization.js';
import { Deadline, type FlyCallOptions } from './deadline.js';
import { type FlyAnswers, type FlyCall, schemaOf } from './endpoints.js';
import { FlyError } from './errors.js';
import type { RateLimiter } from './limits/rate-limiter.js';
import { redactor } from './redact.js';
import { buildRequest, type FlyContent, type FlyRequest, type RequestDefaults } from './request.js';
import { decideRetry, retryAfterMs } from './retry.js';
import { FlyTransportError, notAdmitted, transportError } from './transport-error.js';

/** One attempt, for metrics. Holds no secret. */
export interface FlyCallRecord {
  readonly call: FlyCall;
  readonly target: string;
  readonly attempt: number;
  /** Null when there was no answer. */
  readonly status: number | null;
  /** How long it waited for its turn under the rate limits. */
  readonly queuedMs: number;
  /** From then to the end of the answer. */
  readonly durationMs: number;
  /** On whose behalf; null where nobody said. */
  readonly cause: Cause | null;
}

/** A call that came to nothing, after all its attempts. Holds no secret. */
export interface FlyCallFailure {
  readonly call: FlyCall;
  readonly target: string;
  readonly attempts: number;
  readonly error: FlyError | FlyTransportError;
  readonly cause: Cause | null;
}

export interface FlyTransportSettings extends RequestDefaults {
  readonly token: string;
  readonly connections: Connections;
  readonly random: () => number;
  readonly onCall: (record: FlyCallRecord) => void;
  readonly onFailure: (failure: FlyCallFailure) => void;
  readonly causeOf: () => Cause | undefined;
  /** Null where there are no limits to keep. */
  readonly limiter: RateLimiter | null;
}

/** A list of a few thousand machines with their configs. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Speaks HTTP to the Machines API: one call, with its turn in the queue and its retries. Knows nothing of machines. */
export class FlyTransport {
  readonly #settings: FlyTransportSettings;
  readonly #affinity = new Affinity();
  readonly #authorization: string;
  readonly #redact: (text: string) => string;

  /** @throws ValetError `config_invalid` if the token cannot be sent */
  constructor(settings: FlyTransportSettings) {
    this.#settings = settings;
    this.#authorization = authorizationOf(settings.token);
    this.#redact = redactor(settings.token);
  }

  get app(): string {
    return this.#settings.app;
  }

  get random(): () => number {
    return this.#settings.random;
  }

  /** @throws FlyError, FlyTransportError, or the signal's reason */
  async send<C extends FlyCall>(call: C, content: FlyContent<C>, options: FlyCallOptions = {}): Promise<FlyAnswers[C]> {
    const request = buildRequest(call, content, this.#settings);
    const body = await this.#untilAnswered(request, new Deadline(options));
    return readAnswer(schemaOf(call), body, request, this.#redact);
  }

  /** The answer's JSON, undefined for an empty body. */
  async #untilAnswered(request: FlyRequest, deadline: Deadline): Promise<unknown> {
    const { repeat } = request.endpoint;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request, attempt, deadline);
      } catch (error) {
        const decision = decideRetry({ error, attempt, repeat, remainingMs: deadline.leftMs, random: this.random });
        if (!decision.retry) throw this.#noted(request, attempt, error);
        await pause(decision.afterMs, deadline.signal);
      }
    }
  }

  #noted({ call, target }: FlyRequest, attempts: number, error: unknown): unknown {
    const { causeOf, onFailure } = this.#settings;
    if (error instanceof FlyError || error instanceof FlyTransportError)
      onFailure({ call, target, attempts, error, cause: causeOf() ?? null });
    return error;
  }

  async #attempt(request: FlyRequest, attempt: number, deadline: Deadline): Promise<unknown> {
    const { limiter, onCall, causeOf } = this.#settings;
    const { call, target, turn } = request;
    const admission = await limiter?.admit(turn, deadline.leftMs, deadline.signal);
    const queuedMs = admission?.queuedMs ?? 0;
    const startedAt = performance.now();
    let status: number | null = null;
    try {
      if (admission?.admitted === false) throw notAdmitted(request, admission.reason);
      const answer = await this.#exchange(request, deadline);
      status = answer.status;
      if (status >= 200 && status < 300) return readJson(answer, request);
      throw refusalOf(answer, request, this.#redact);
    } catch (error) {
      if (status === 429) limiter?.slowDown(turn, retryAfterMs(error));
      if (error instanceof TransportFault || (status !== null && status >= 500)) this.#affinity.forget();
      throw error instanceof TransportFault ? transportError(request, error) : error;
    } finally {
      const durationMs = performance.now() - startedAt;
      onCall({ call, target, attempt, status, queuedMs, durationMs, cause: causeOf() ?? null });
    }
  }

  async #exchange(request: FlyRequest, { leftMs, signal }: Deadline): Promise<Answer> {
    const dispatcher = await this.#settings.connections.dispatcher();
    const { endpoint, url, body } = request;
    const headers = {
      authorization: this.#authorization,
      accept: 'application/json',
      'user-agent': 'valet',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...this.#affinity.headersFor(url.pathname),
    };
    const timeoutMs = Math.max(1, Math.floor(Math.min(request.timeoutMs, leftMs)));
    const { method } = endpoint;
    const answer = await exchange({ dispatcher, method, url, headers, body, timeoutMs, maxBodyBytes, signal });
    this.#affinity.note(answer.headers, url.pathname);
    return answer;
  }
}
