import { ValetError } from '../errors.js';
import { conflictingMachineId, type FlyRefusal, grpcCodeOf, judge } from './advice.js';
import type { FlyAdvice } from './advice-table.js';
import type { FlyCall } from './endpoints.js';
import { FlyTransportError } from './transport-error.js';

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
  'wait-for-state': "The machine's state does not allow it: wait until it rests in one that does, then try again.",
  gone: 'Fly does not know it any more.',
  'give-up': 'Asking again will not help: check the request, the token and the app.',
};

/** Fly answered, and not with what was asked for. */
export class FlyError extends ValetError {
  override readonly name = 'FlyError';
  readonly call: FlyCall;
  readonly target: string;
  /** Below 400 where Fly answered, but with what is as good as a refusal: a machine that failed to start. */
  readonly status: number;
  readonly flyCode: string | null;
  /** The code with which the text begins, such as `failed_precondition`. */
  readonly grpcCode: string | null;
  readonly text: string;
  readonly requestId: string | null;
  readonly advice: FlyAdvice;
  /** Nothing was done, and the reason passes within seconds. The call has asked again already. */
  readonly transient: boolean;
  /** Set when the name of a create is taken: the machine that has it. */
  readonly conflictingMachineId: string | null;

  constructor(facts: FlyErrorFacts) {
    const verdict = judge(facts);
    const advice = facts.advice ?? verdict.advice;
    const { call, target, status, flyCode, text, requestId, retryAfterSecs } = facts;
    const said = status < 400 ? `${call} of ${target} ended badly` : `Fly refused ${call} of ${target} with ${status}`;
    super('fly_failed', `${said}: ${text}${requestId === null ? '' : ` (request ${requestId})`}`, {
      hint: hints[advice],
      details: { call, target, status, fly_code: flyCode, advice },
      ...(retryAfterSecs !== null && { retryAfterSecs }),
    });
    this.call = call;
    this.target = target;
    this.status = status;
    this.flyCode = flyCode;
    this.grpcCode = grpcCodeOf(text);
    this.text = text;
    this.requestId = requestId;
    this.advice = advice;
    this.transient = verdict.transient;
    this.conflictingMachineId = conflictingMachineId(facts);
  }

  /** The same refusal, when a closer look has shown what to do about it. */
  withAdvice(advice: FlyAdvice): FlyError {
    return new FlyError({ ...this, retryAfterSecs: this.retryAfterSecs ?? null, advice });
  }
}

/** Whether Fly says that it does not know, or no longer knows, what was asked for. */
export function isGone(error: unknown): boolean {
  return error instanceof FlyError && error.advice === 'gone';
}

/** Already gone is what a delete is for. */
export function ignoreGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}

/** Whether the call may have been carried out although it failed, or by an earlier attempt: only a look can tell. */
export function mayExist(error: unknown): boolean {
  if (error instanceof FlyTransportError) return error.sent === 'maybe' && error.kind !== 'closed';
  return error instanceof FlyError && error.advice === 'adopt';
}
