import { ValetError } from '../errors.js';
import type { FaultKind, TransportFault } from '../http/fault.js';
import type { FlyCall } from './endpoints.js';
import type { Admission } from './limits/rate-limiter.js';

/** Why there was no usable answer. */
export type FlyTransportKind =
  | FaultKind
  /** Not the shape that was expected. */
  | 'unreadable'
  /** It waited for its turn under Fly's rate limits, and the queue was longer than its time. */
  | 'queued';

interface Subject {
  readonly call: FlyCall;
  /** Id or name of what the call was about. */
  readonly target: string;
}

export interface FlyTransportFacts extends Subject {
  /** `no` only where the request provably never left. */
  readonly sent: 'no' | 'maybe';
  readonly kind: FlyTransportKind;
  readonly reason: string;
  readonly cause?: unknown;
}

/** Fly gave no usable answer, or was not asked. */
export class FlyTransportError extends ValetError {
  override readonly name = 'FlyTransportError';
  readonly call: FlyCall;
  readonly target: string;
  readonly sent: 'no' | 'maybe';
  readonly kind: FlyTransportKind;

  constructor({ call, target, sent, kind, reason, cause }: FlyTransportFacts) {
    super('fly_failed', `Fly gave no usable answer to ${call} of ${target}: ${reason}.`, {
      hint: sent === 'no' ? 'Nothing was sent: try again.' : 'It may have been carried out: look before repeating it.',
      details: { call, target, sent, kind },
      cause,
    });
    this.call = call;
    this.target = target;
    this.sent = sent;
    this.kind = kind;
  }
}

type TurnedAway = Extract<Admission, { readonly admitted: false }>['reason'];

const turnedAway: Readonly<Record<TurnedAway, string>> = {
  too_late: "its turn under Fly's rate limits would come after its deadline",
  too_many: "too many calls wait for their turn under Fly's rate limits",
  closed: 'this client is closed',
};

export function notAdmitted({ call, target }: Subject, why: TurnedAway): FlyTransportError {
  const kind = why === 'closed' ? 'closed' : 'queued';
  return new FlyTransportError({ call, target, sent: 'no', kind, reason: turnedAway[why] });
}

export function transportError({ call, target }: Subject, fault: TransportFault): FlyTransportError {
  const { sent, kind, message } = fault;
  return new FlyTransportError({ call, target, sent, kind, reason: message, cause: fault });
}
