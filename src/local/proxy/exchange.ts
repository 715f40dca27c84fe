import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import type { Courier, Delivery } from './delivery/deliver.js';
import type { Member, Members } from './delivery/members.js';
import { firstWish } from './first-wish.js';
import { viaFly } from './forwarded-headers.js';
import { type Header, withHeaders } from './headers.js';
import type { ProxySettings } from './options.js';
import { outgoingRequests } from './outgoing.js';
import { type Refused, refuse, refuseUnreachable } from './refuse.js';
import { answerRefusal, relay } from './relay.js';
import { decideReplay, type Next } from './replay/decide-replay.js';
import { fallbackLeg, firstLeg, type Leg } from './replay/leg.js';
import type { Replay } from './replay/parse-replay.js';
import { decideReach } from './replay/reach.js';
import { readReplay } from './replay/read-replay.js';
import { emptyBody, type RequestBody, readRequestBody } from './request-body.js';
import { requestTarget } from './request-target.js';

export interface ExchangePorts {
  readonly courier: Courier;
  readonly members: Members;
  readonly settings: ProxySettings;
}

/** One request's way: to the app of its host, on from there as often as a replay says so, and the answer back. */
export class Exchange {
  readonly #client: Client;
  readonly #ports: ExchangePorts;
  readonly #requestId = randomUUID();
  #replays = 0;

  constructor(client: Client, ports: ExchangePorts) {
    this.#client = client;
    this.#ports = ports;
  }

  async run(): Promise<void> {
    const { request, upgrade, signal } = this.#client;
    const { maxReplayBodyBytes } = this.#ports.settings.unconfirmed;
    try {
      await this.#travel(upgrade ? emptyBody : await readRequestBody(request, maxReplayBodyBytes));
    } catch (error) {
      if (!signal.aborted) this.#refuse(refuse(`[PU04] ${String(error)}`));
    }
  }

  async #travel(body: RequestBody): Promise<void> {
    const { courier, members, settings } = this.#ports;
    const { region, unconfirmed } = settings;
    const { request, signal } = this.#client;
    const target = requestTarget(request.url ?? '/', request.headers.host);
    const { forgedReplayHeaders } = unconfirmed;
    const passage = { client: this.#client, target, body, region, requestId: this.#requestId, forgedReplayHeaders };
    const requestFor = outgoingRequests(passage);
    let leg = firstLeg(members.appOf(target.host), firstWish(request.headers, unconfirmed.forceInstanceWakes));
    for (;;) {
      const current = leg;
      const delivery = await courier.deliver(current, (to) => requestFor(current, to), signal);
      const next = await (delivery.kind === 'answered'
        ? this.#settle(delivery, leg, body)
        : this.#afterFailure(delivery, leg));
      if (next === undefined) return;
      if (next.kind === 'refuse') return this.#refuse(next);
      leg = next.leg;
    }
  }

  /** Undefined when the client has its answer. */
  async #settle(delivery: Delivery & { kind: 'answered' }, leg: Leg, body: RequestBody): Promise<Next | undefined> {
    const { answer, member, visit } = delivery;
    try {
      const parsed = await readReplay(answer, this.#ports.settings.unconfirmed.unitlessTimeout);
      if (parsed.kind === 'invalid') return refuse(`[PA03] replay by ${member.id} ${parsed.why}`);
      if (parsed.kind === 'replay') return this.#replay(parsed.replay, member, leg, body);
      await relay(this.#client, answer, (received) => this.#answerHeaders(received), visit);
      return undefined;
    } finally {
      visit?.end();
    }
  }

  #replay(replay: Replay, source: Member, leg: Leg, body: RequestBody): Next {
    const { members, settings } = this.#ports;
    const { clock, crossNetworkReplays } = settings;
    return decideReplay(replay, {
      source,
      leg,
      replaysBefore: this.#replays++,
      bodyOverBytes: body.rest && settings.unconfirmed.maxReplayBodyBytes,
      reachOf: (app) => decideReach(members.findApp(source.app), members.findApp(app), crossNetworkReplays()),
      nowMs: clock.nowMs(),
    });
  }

  #afterFailure(failed: Exclude<Delivery, { kind: 'answered' }>, leg: Leg): Next {
    const { members, settings } = this.#ports;
    if (failed.kind === 'broken') return refuse(`[PU02] ${failed.member.id} did not answer: ${failed.error.message}`);
    const back = fallbackLeg(leg, failed);
    if (back !== undefined) return { kind: 'go', leg: back };
    return refuseUnreachable(failed, leg, members.knows(leg.app), settings.unconfirmed);
  }

  #answerHeaders(received: readonly Header[]): Header[] {
    // They are for the proxy alone, also on an answer that is no replay.
    const forClient = received.filter(([name]) => !/^fly-replay-cache/i.test(name));
    return withHeaders(forClient, [['fly-request-id', this.#requestId], viaFly(forClient)]);
  }

  #refuse({ why, status, body }: Refused): void {
    if (this.#client.signal.aborted) return;
    this.#ports.settings.log(why);
    // What is left of a body that nobody reads would block the connection.
    this.#client.request.resume();
    answerRefusal(this.#client, { status, body }, this.#answerHeaders([]));
  }
}
