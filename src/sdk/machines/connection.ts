import { type Backoff, backoffMs, pause } from '../http/backoff.js';
import type { Connections } from '../http/connections.js';
import { type Answer, exchange } from '../http/exchange.js';
import { TransportFault } from '../http/fault.js';
import { parseRefusal } from './answers.js';
import { type MachineCall, type MachineTarget, machineUnreachable } from './errors.js';
import { deriveMachineSecret } from './secret.js';

export interface MachineRequest {
  readonly call: MachineCall;
  readonly target: MachineTarget;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly epoch: number | null;
  readonly body?: unknown;
  /** For one try. */
  readonly tryTimeoutMs: number;
  /** For all tries together. */
  readonly timeoutMs: number;
  readonly tries: number;
  readonly signal?: AbortSignal | undefined;
}

export interface MachineConnectionSettings {
  readonly urlTemplate: string;
  readonly app: string;
  /** The first is the current one; a machine that was made before it was still knows an older. */
  readonly internalSecrets: readonly string[];
  readonly connections: Connections;
  readonly random: () => number;
}

/** A manifest names every table; anything beyond this is not one. */
const maxBodyBytes = 4 * 1024 * 1024;
const backoff: Backoff = { firstMs: 100, maxMs: 2_000 };
/** What a proxy or a program that is still coming up answers; every call of the protocol may be repeated. */
const passingStatuses: readonly number[] = [502, 503, 504];

/** One call to one machine with its tries. Knows HTTP and the secret, nothing of what is said. */
export class MachineConnection {
  readonly #settings: MachineConnectionSettings;

  constructor(settings: MachineConnectionSettings) {
    this.#settings = settings;
  }

  /** @throws ValetError `machine_unreachable` after the last try, or the signal's reason */
  async send(request: MachineRequest): Promise<Answer> {
    const deadline = performance.now() + request.timeoutMs;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#try(request, deadline - performance.now());
      if (outcome.kind === 'answer') return outcome.answer;
      const afterMs = backoffMs(attempt, backoff, this.#settings.random);
      const isLast = attempt >= request.tries || performance.now() + afterMs >= deadline;
      if (isLast)
        throw machineUnreachable(request.call, request.target, `${outcome.why}, after ${attempt} tries`, outcome.fault);
      await pause(afterMs, request.signal);
    }
  }

  async #try(request: MachineRequest, remainingMs: number): Promise<Outcome> {
    try {
      const answer = await this.#asked(request, Math.max(1, Math.min(request.tryTimeoutMs, remainingMs)));
      if (!passingStatuses.includes(answer.status)) return { kind: 'answer', answer };
      return { kind: 'failed', why: sayPassing(answer), fault: undefined };
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      return { kind: 'failed', why: error.message, fault: error };
    }
  }

  /** Under each secret in turn, until one is not refused. */
  async #asked(request: MachineRequest, timeoutMs: number): Promise<Answer> {
    const [current = '', ...older] = this.#settings.internalSecrets;
    let answer = await this.#exchange(request, current, timeoutMs);
    for (const secret of older) {
      if (answer.status !== 401) break;
      answer = await this.#exchange(request, secret, timeoutMs);
    }
    return answer;
  }

  async #exchange(request: MachineRequest, internalSecret: string, timeoutMs: number): Promise<Answer> {
    const dispatcher = await this.#settings.connections.dispatcher();
    const headers = {
      authorization: `Bearer ${deriveMachineSecret(internalSecret, request.target.name)}`,
      accept: 'application/json',
      ...(request.epoch === null ? {} : { 'valet-epoch': String(request.epoch) }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    return exchange({
      dispatcher,
      method: request.method,
      url: this.#urlOf(request),
      headers,
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      timeoutMs,
      maxBodyBytes,
      // A machine that is suspended keeps its end of a connection without knowing that it is dead.
      closeAfter: true,
      signal: request.signal,
    });
  }

  #urlOf({ target, path }: MachineRequest): URL {
    const { urlTemplate, app } = this.#settings;
    const base = urlTemplate.replaceAll('{machine_id}', encodeURIComponent(target.flyId)).replaceAll('{app}', app);
    return new URL(`${base.replace(/\/+$/, '')}${path}`);
  }
}

function sayPassing(answer: Answer): string {
  const { code, reason } = parseRefusal(answer.text);
  return `it answered ${answer.status}${code === null ? '' : ` ${code}`} (${reason.replace(/\.$/, '')})`;
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly why: string; readonly fault: TransportFault | undefined };
