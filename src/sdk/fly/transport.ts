import type { Dispatcher } from 'undici';
import { pause } from '../http/backoff.js';
import { type Answer, exchange } from '../http/exchange.js';
import { TransportFault } from '../http/fault.js';
import { Affinity } from './affinity.js';
import { readAnswer, readJson, refusalOf } from './answer.js';
import { type FlyAnswers, type FlyCall, schemaOf } from './endpoints.js';
import { FlyTransportError } from './errors.js';
import type { Admission, RateLimiter } from './limits/rate-limiter.js';
import { redactor } from './redact.js';
import { buildRequest, type FlyContent, type FlyRequest, type RequestDefaults } from './request.js';
import { decideRetry, retryAfterMs } from './retry.js';

export interface FlyCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the whole call: its turn in the queue, its retries and looks included. */
  readonly timeoutMs?: number | undefined;
}

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
}

export interface FlyTransportSettings extends RequestDefaults {
  readonly token: string;
  readonly dispatcher: Dispatcher;
  readonly random: () => number;
  readonly onCall: (record: FlyCallRecord) => void;
  /** Null where there are no limits to keep. */
  readonly limiter: RateLimiter | null;
}

export const defaultTimeoutMs = 60_000;
/** A list of a few thousand machines with their configs. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Speaks HTTP to the Machines API: one call, with its turn in the queue and its retries. Knows nothing of machines. */
export class FlyTransport {
  readonly #settings: FlyTransportSettings;
  readonly #affinity = new Affinity();
  readonly #redact: (text: string) => string;

  constructor(settings: FlyTransportSettings) {
    this.#settings = settings;
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
    const deadlineMs = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
    const body = await this.#untilAnswered(request, deadlineMs, options.signal);
    return readAnswer(schemaOf(call), body, request);
  }

  /** The answer's JSON, undefined for an empty body. */
  async #untilAnswered(request: FlyRequest, deadlineMs: number, signal?: AbortSignal): Promise<unknown> {
    const { repeat } = request.endpoint;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request, attempt, deadlineMs, signal);
      } catch (error) {
        const remainingMs = deadlineMs - performance.now();
        const decision = decideRetry({ error, attempt, repeat, remainingMs, random: this.random });
        if (!decision.retry) throw error;
        await pause(decision.afterMs, signal);
      }
    }
  }

  async #attempt(request: FlyRequest, attempt: number, deadlineMs: number, signal?: AbortSignal): Promise<unknown> {
    const { limiter, onCall } = this.#settings;
    const { call, target, turn } = request;
    const admission = await limiter?.admit(turn, deadlineMs - performance.now(), signal);
    const queuedMs = admission?.queuedMs ?? 0;
    const startedAt = performance.now();
    let status: number | null = null;
    try {
      if (admission?.admitted === false) throw notAdmitted(request, admission.reason);
      const answer = await this.#exchange(request, deadlineMs - startedAt, signal);
      status = answer.status;
      if (status >= 200 && status < 300) return readJson(answer, request);
      throw refusalOf(answer, request, this.#redact);
    } catch (error) {
      if (status === 429) limiter?.slowDown(turn, retryAfterMs(error));
      throw error instanceof TransportFault ? transportError(request, error) : error;
    } finally {
      onCall({ call, target, attempt, status, queuedMs, durationMs: performance.now() - startedAt });
    }
  }

  async #exchange(request: FlyRequest, remainingMs: number, signal?: AbortSignal): Promise<Answer> {
    const { dispatcher, token } = this.#settings;
    const { endpoint, url, body } = request;
    const headers = {
      // A token may name its own scheme, as the vendor's tools print it.
      authorization: token.startsWith('FlyV1 ') ? token : `Bearer ${token}`,
      accept: 'application/json',
      'user-agent': 'valet',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...this.#affinity.headersFor(url.pathname),
    };
    const timeoutMs = Math.max(1, Math.min(request.timeoutMs, remainingMs));
    const { method } = endpoint;
    const answer = await exchange({ dispatcher, method, url, headers, body, timeoutMs, maxBodyBytes, signal });
    this.#affinity.note(answer.headers, url.pathname);
    return answer;
  }
}

type TurnedAway = Extract<Admission, { readonly admitted: false }>['reason'];

const turnedAway: Readonly<Record<TurnedAway, string>> = {
  too_late: "its turn under Fly's rate limits would come after its deadline",
  too_many: "too many calls wait for their turn under Fly's rate limits",
  closed: 'this client is closed',
};

function notAdmitted({ call, target }: FlyRequest, why: TurnedAway): FlyTransportError {
  const kind = why === 'closed' ? 'closed' : 'queued';
  return new FlyTransportError({ call, target, sent: 'no', kind, reason: turnedAway[why] });
}

function transportError({ call, target }: FlyRequest, fault: TransportFault): FlyTransportError {
  const { sent, kind, message } = fault;
  return new FlyTransportError({ call, target, sent, kind, reason: message, cause: fault });
}
