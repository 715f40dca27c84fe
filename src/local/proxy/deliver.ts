import { setTimeout as delay } from 'node:timers/promises';
import type { HostedMachine } from '../fly/machine-host.js';
import { chooseTargets } from './choose-targets.js';
import type { Connections } from './connections.js';
import type { Failure, Leg } from './leg.js';
import type { MachineSleep } from './machine-sleep.js';
import type { Member, Members } from './members.js';
import type { ProxySettings } from './options.js';
import { Patience } from './patience.js';
import type { Answer, OutgoingRequest, Sent, Upstream } from './upstream.js';
import { withinMs } from './within.js';

export interface DeliveryPorts {
  readonly members: Members;
  readonly upstream: Upstream;
  readonly connections: Connections;
  readonly sleep: MachineSleep;
  readonly settings: ProxySettings;
}

export type Delivery =
  /** `done` ends the count of this connection at its machine. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly member: Member; readonly done: () => void }
  | ({ readonly kind: 'unreachable' } & Failure)
  | { readonly kind: 'broken'; readonly error: Error; readonly member: Member };

const maxRetryDelayMs = 250;
const sleepCheckMs = 100;

/** Tries those that fit, again and again with growing pauses, until one has taken the request or patience ends. */
export class Courier {
  readonly #ports: DeliveryPorts;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  async deliver(leg: Leg, requestFor: (member: Member) => OutgoingRequest, signal: AbortSignal): Promise<Delivery> {
    const { members, settings } = this.#ports;
    const patience = new Patience(leg.timeoutMs, settings.deadTargetDelayMs);
    for (let tries = 0; ; tries++) {
      const targets = chooseTargets(members.of(leg.app), leg.wish);
      for (const member of targets) {
        const delivery = await this.#attempt(member, requestFor(member), patience, signal);
        if (delivery !== 'refused') return delivery;
        signal.throwIfAborted();
        if (patience.untilTimeoutMs <= 0) break;
      }
      const { leftMs, elapsedMs } = patience;
      const region = targets[0]?.region ?? settings.region;
      if (leftMs <= 0) return { kind: 'unreachable', reason: patience.reason(targets.length), elapsedMs, region };
      await delay(Math.min(leftMs, 10 * 2 ** tries, maxRetryDelayMs), undefined, { signal });
    }
  }

  async #attempt(
    member: Member,
    request: OutgoingRequest,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<Delivery | 'refused'> {
    const { machine } = member;
    const done = machine === undefined ? () => undefined : this.#ports.connections.open(machine);
    let answered = false;
    try {
      if (machine !== undefined && !member.started && !(await this.#wake(machine, patience, signal))) return 'refused';
      const sent = await this.#send(member, request, signal);
      if (sent.kind === 'refused') return 'refused';
      if (sent.kind === 'broken') return { kind: 'broken', error: sent.error, member };
      answered = true;
      return { kind: 'answered', answer: sent, member, done };
    } finally {
      if (!answered) done();
    }
  }

  async #wake(machine: HostedMachine, patience: Patience, signal: AbortSignal): Promise<boolean> {
    const { sleep, settings } = this.#ports;
    const limitMs = Math.min(patience.untilTimeoutMs, settings.requestTimeoutMs);
    try {
      await withinMs(sleep.wake(machine), limitMs, signal);
      patience.machineWoke();
      return true;
    } catch (error) {
      signal.throwIfAborted();
      settings.log(`[PM02] machine ${machine.id} did not wake: ${String(error)}`);
      return false;
    }
  }

  async #send(member: Member, request: OutgoingRequest, signal: AbortSignal): Promise<Sent> {
    const { upstream, sleep } = this.#ports;
    const { machine } = member;
    const address = machine === undefined ? member.address : machine.address;
    if (address === undefined) return { kind: 'refused', error: new Error(`${member.id} listens nowhere.`) };
    if (machine === undefined) return upstream.send(address, request, signal);
    // The machine may suspend itself just now: the connection then stands, and is answered once it runs again.
    const watch = setInterval(() => {
      if (machine.state === 'suspended') sleep.wake(machine).catch(() => undefined);
    }, sleepCheckMs);
    return upstream.send(address, request, signal).finally(() => clearInterval(watch));
  }
}
