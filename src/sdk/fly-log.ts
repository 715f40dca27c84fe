import type { Cause } from './correlation.js';
import type { FlyCallFailure, FlyCallRecord } from './fly/transport.js';
import { FlyTransportError } from './fly/transport-error.js';
import type { Logger } from './logger.js';
import type { Telemetry } from './telemetry.js';

/** Of the tasks' troubles so many are remembered; there are fewer tasks and calls than that. */
const maxTroubles = 200;

/**
 * What is told of calls to Fly. A request's failures are told each, with its id. A task comes back by the clock: its
 * failure is told when it begins and when it changes its kind.
 */
export class FlyLog implements Pick<Telemetry, 'flyCall' | 'flyFailure'> {
  readonly #log: Logger;
  /** How a task's call failed last. */
  readonly #troubles = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  flyCall({ call, target, attempt, status, queuedMs, durationMs, cause }: FlyCallRecord): void {
    if (status !== null && status < 300 && cause?.kind === 'task') this.#troubles.delete(`${cause.id} ${call}`);
    const took = { queued_ms: Math.round(queuedMs), took_ms: Math.round(durationMs) };
    this.#log.debug({ ...whose(cause), call, target, attempt, status, ...took }, 'Fly call');
  }

  flyFailure(failure: FlyCallFailure): void {
    const facts = factsOf(failure);
    const level = isAnAnswer(failure) || this.#isKnown(failure, facts.said) ? 'debug' : 'warn';
    this.#log[level]({ ...whose(failure.cause), ...facts }, 'Fly call failed');
  }

  #isKnown({ call, cause }: FlyCallFailure, kind: string): boolean {
    if (cause?.kind !== 'task') return false;
    const key = `${cause.id} ${call}`;
    if (this.#troubles.get(key) === kind) return true;
    if (this.#troubles.size < maxTroubles) this.#troubles.set(key, kind);
    return false;
  }
}

function whose(cause: Cause | null): { request_id?: string; task?: string } {
  if (cause === null) return {};
  return cause.kind === 'request' ? { request_id: cause.id } : { task: cause.id };
}

function factsOf({ call, target, attempts, error }: FlyCallFailure) {
  const facts = { call, target, attempts, message: error.message };
  if (error instanceof FlyTransportError) return { ...facts, status: null, said: error.kind, sent: error.sent };
  const { status, advice, requestId } = error;
  return { ...facts, status, said: `${status} ${advice}`, advice, fly_request_id: requestId };
}

/** Gone, not in that state, made before: the caller asked to know. A wait that ran out is asked again. */
function isAnAnswer({ error }: FlyCallFailure): boolean {
  if (error instanceof FlyTransportError) return error.kind === 'closed';
  return error.status === 408 || ['gone', 'wait-for-state', 'adopt'].includes(error.advice);
}
