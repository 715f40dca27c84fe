import type { Dispatcher } from 'undici';
import { pause } from '../http/backoff.js';
import { type Answer, exchange } from '../http/exchange.js';
import { TransportFault } from '../http/fault.js';
import type { FlyCall } from './advice.js';
import { readJson, refusalOf } from './answer.js';
import { FlyError, FlyTransportError } from './errors.js';
import { decideRetry } from './retry.js';

export interface FlyCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the whole call, its retries and looks included. */
  readonly timeoutMs?: number | undefined;
}

/** One attempt, for metrics. Holds no secret. */
export interface FlyCallRecord {
  readonly call: FlyCall;
  readonly target: string;
  readonly attempt: number;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
}

export interface FlyRequest {
  readonly call: FlyCall;
  readonly target: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/v1/apps/{app}`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** Doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  /** Where a request is known to take longer or to be worth less. */
  readonly requestTimeoutMs?: number;
}

export interface FlyTransportSettings {
  readonly baseUrl: string;
  readonly app: string;
  readonly token: string;
  readonly dispatcher: Dispatcher;
  readonly requestTimeoutMs: number;
  readonly random: () => number;
  readonly onCall: (record: FlyCallRecord) => void;
  /** Waits until Fly's limits (one request a second per action and target) allow the call. */
  readonly admit: (request: FlyRequest, signal: AbortSignal | undefined) => Promise<void>;
}

const maxTries = 5;
export const defaultTimeoutMs = 60_000;
/** A list of a few thousand machines with their configs. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Speaks HTTP to the Machines API: one request with its retries. Knows nothing of machines. */
export class FlyTransport {
  readonly #settings: FlyTransportSettings;

  constructor(settings: FlyTransportSettings) {
    this.#settings = settings;
  }

  get app(): string {
    return this.#settings.app;
  }

  get random(): () => number {
    return this.#settings.random;
  }

  /**
   * The answer's JSON, undefined for an empty body.
   * @throws FlyError, FlyTransportError, or the signal's reason
   */
  async send(request: FlyRequest, options: FlyCallOptions = {}): Promise<unknown> {
    const { requestTimeoutMs, random } = this.#settings;
    const deadline = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
    for (let attempt = 1; ; attempt++) {
      const remainingMs = Math.max(1, deadline - performance.now());
      const timeoutMs = Math.min(request.requestTimeoutMs ?? requestTimeoutMs, remainingMs);
      try {
        return await this.#attempt(request, attempt, timeoutMs, options.signal);
      } catch (error) {
        const left = deadline - performance.now();
        const { repeatable } = request;
        const decision = decideRetry({ error, attempt, maxTries, repeatable, remainingMs: left, random });
        if (!decision.retry) throw error;
        await pause(decision.afterMs, options.signal);
      }
    }
  }

  async #attempt(request: FlyRequest, attempt: number, timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
    await this.#settings.admit(request, signal);
    const startedAt = performance.now();
    let status: number | null = null;
    try {
      const answer = await this.#exchange(request, timeoutMs, signal);
      status = answer.status;
      if (status >= 200 && status < 300) return readJson(answer, request);
      throw refusalOf(answer, request, this.#settings.token);
    } catch (error) {
      throw error instanceof TransportFault ? transportError(request, error) : error;
    } finally {
      const durationMs = performance.now() - startedAt;
      this.#settings.onCall({ call: request.call, target: request.target, attempt, status, durationMs });
    }
  }

  #exchange(request: FlyRequest, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
    const { baseUrl, app, token, dispatcher } = this.#settings;
    const url = new URL(`${baseUrl.replace(/\/+$/, '')}/v1/apps/${encodeURIComponent(app)}${request.path}`);
    if (request.query !== undefined) url.search = request.query.toString();
    const headers = {
      // A token may name its own scheme, as the vendor's tools print it.
      authorization: token.startsWith('FlyV1 ') ? token : `Bearer ${token}`,
      accept: 'application/json',
      'user-agent': 'valet',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return exchange({ dispatcher, method: request.method, url, headers, body, timeoutMs, maxBodyBytes, signal });
  }
}

function transportError(request: FlyRequest, fault: TransportFault): FlyTransportError {
  const { call, target } = request;
  return new FlyTransportError({
    call,
    target,
    sent: fault.sent,
    kind: fault.kind,
    reason: fault.message,
    cause: fault,
  });
}

/** Already gone is what a delete is for. */
export async function ignoreGone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof FlyError && error.advice === 'gone')) throw error;
  }
}
