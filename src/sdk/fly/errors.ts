import { ValetError } from '../errors.js';
import type { TransportFault } from '../http/fault.js';
import { adviceFor, conflictingMachineId, type FlyAdvice, type FlyCall, type FlyRefusal } from './advice.js';

export interface FlyErrorFacts extends FlyRefusal {
  /** Id or name of what the call was about. */
  readonly target: string;
  /** Fly's support asks for it. */
  readonly requestId: string | null;
  readonly retryAfterSecs: number | null;
  /** Where more is known than the answer says; otherwise the table decides. */
  readonly advice?: FlyAdvice;
}

const hints: Readonly<Record<FlyAdvice, string>> = {
  retry: 'Try again after a moment.',
  'retry-elsewhere-host': 'The host is full: try with a new volume, which may be placed on another host.',
  'retry-elsewhere-region': 'The region has no room: try another region.',
  adopt: 'It may exist already: look for it by name before creating it again.',
  'wait-for-state': 'The machine is changing state: wait until it rests, then try again.',
  gone: 'Fly does not know it any more.',
  'give-up': 'Asking again will not help: check the request, the token and the app.',
};

/** Fly answered, and not with what was asked for. */
export class FlyError extends ValetError {
  override readonly name = 'FlyError';
  readonly call: FlyCall;
  readonly target: string;
  readonly status: number;
  readonly flyCode: string | null;
  readonly text: string;
  readonly requestId: string | null;
  readonly advice: FlyAdvice;
  /** Set when the name of a create is taken: the machine that has it. */
  readonly conflictingMachineId: string | null;

  constructor(facts: FlyErrorFacts) {
    const advice = facts.advice ?? adviceFor(facts);
    const request = facts.requestId === null ? '' : ` (request ${facts.requestId})`;
    super('fly_failed', `Fly refused ${facts.call} of ${facts.target} with ${facts.status}: ${facts.text}${request}`, {
      hint: hints[advice],
      details: { call: facts.call, target: facts.target, status: facts.status, fly_code: facts.flyCode, advice },
      ...(facts.retryAfterSecs === null ? {} : { retryAfterSecs: facts.retryAfterSecs }),
    });
    this.call = facts.call;
    this.target = facts.target;
    this.status = facts.status;
    this.flyCode = facts.flyCode;
    this.text = facts.text;
    this.requestId = facts.requestId;
    this.advice = advice;
    this.conflictingMachineId = conflictingMachineId(facts);
  }

  /** The same refusal, when a closer look has shown what to do about it. */
  withAdvice(advice: FlyAdvice): FlyError {
    return new FlyError({ ...this, retryAfterSecs: this.retryAfterSecs ?? null, advice });
  }
}

/** Fly gave no usable answer. */
export class FlyTransportError extends ValetError {
  override readonly name = 'FlyTransportError';
  readonly call: FlyCall;
  readonly target: string;
  /** `no` only where the request provably never left. */
  readonly sent: 'no' | 'maybe';
  readonly kind: TransportFault['kind'] | 'unreadable';

  constructor(facts: {
    readonly call: FlyCall;
    readonly target: string;
    readonly sent: 'no' | 'maybe';
    readonly kind: FlyTransportError['kind'];
    readonly reason: string;
    readonly cause?: unknown;
  }) {
    super('fly_failed', `Fly gave no usable answer to ${facts.call} of ${facts.target}: ${facts.reason}.`, {
      hint:
        facts.sent === 'no'
          ? 'Nothing was sent: try again.'
          : 'It may have been carried out: look before repeating it.',
      details: { call: facts.call, target: facts.target, sent: facts.sent, kind: facts.kind },
      cause: facts.cause,
    });
    this.call = facts.call;
    this.target = facts.target;
    this.sent = facts.sent;
    this.kind = facts.kind;
  }
}

/** Whether Fly says that it does not know, or no longer knows, what was asked for. */
export function isGone(error: unknown): boolean {
  return error instanceof FlyError && error.advice === 'gone';
}
