import { setTimeout as delay } from 'node:timers/promises';
import type { Failure, Leg } from '../replay/leg.js';
import { type Attempted, type AttemptPorts, attempt } from './attempt.js';
import { type Choice, chooseTargets } from './choose-targets.js';
import type { Member, Members } from './members.js';
import { Patience } from './patience.js';
import type { OutgoingRequest } from './upstream.js';

export interface DeliveryPorts extends AttemptPorts {
  readonly members: Members;
}

export type Delivery = Exclude<Attempted, { readonly kind: 'refused' }> | ({ readonly kind: 'unreachable' } & Failure);

type RequestFor = (member: Member) => OutgoingRequest;

const maxRetryDelayMs = 250;

/** Tries those that fit, again and again with growing pauses, until one has taken the request or patience ends. */
export class Courier {
  readonly #ports: DeliveryPorts;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  async deliver(leg: Leg, requestFor: RequestFor, signal: AbortSignal): Promise<Delivery> {
    const { members, settings } = this.#ports;
    const patience = new Patience(settings.clock, leg.timeoutMs, settings.deadTargetDelayMs);
    const tell = newsOnly(settings.log);
    for (let tries = 0; ; tries++) {
      const choice = chooseTargets(members.of(leg.app), leg.wish, settings.region);
      const delivery = await this.#tryEach(choice.targets, requestFor, patience, signal, tell);
      if (delivery !== undefined) return delivery;
      const { leftMs } = patience;
      if (leftMs <= 0) return this.#unreachable(leg, choice, patience);
      // Real time also while the clock is held: what is waited for is a process.
      await delay(Math.min(leftMs, 10 * 2 ** tries, maxRetryDelayMs), undefined, { signal });
    }
  }

  async #tryEach(
    targets: readonly Member[],
    requestFor: RequestFor,
    patience: Patience,
    signal: AbortSignal,
    tell: (line: string) => void,
  ): Promise<Delivery | undefined> {
    for (const member of targets) {
      const attempted = await attempt(this.#ports, member, requestFor(member), patience, signal);
      if (attempted.kind !== 'refused') return attempted;
      signal.throwIfAborted();
      if (attempted.why !== undefined) tell(attempted.why);
      if (patience.untilTimeoutMs <= 0) return undefined;
    }
    return undefined;
  }

  #unreachable({ wish }: Leg, { targets, obstacle }: Choice<Member>, patience: Patience): Delivery {
    return {
      kind: 'unreachable',
      reason: patience.reason(targets.length),
      elapsedMs: patience.elapsedMs,
      region: wish.regions?.[0]?.[0] ?? targets[0]?.region ?? this.#ports.settings.region,
      obstacle: targets.length > 0 ? undefined : obstacle,
    };
  }
}

/** A target is tried many times; the log is told what is new. */
function newsOnly(log: (line: string) => void): (line: string) => void {
  let last: string | undefined;
  return (line) => {
    if (line !== last) log(line);
    last = line;
  };
}
