import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import type { Courier, Delivery } from './delivery/deliver.js';
import type { Member, Members } from './delivery/members.js';
import type { OutgoingRequest } from './delivery/upstream.js';
import { firstWish } from './first-wish.js';
import { forwardedHeaders, viaFly } from './forwarded-headers.js';
import { type Header, withHeaders } from './headers.js';
import type { ProxySettings } from './options.js';
import { type Refused, refuse, refuseUnreachable } from './refuse.js';
import { answerRefusal, relay } from './relay.js';
import { fallbackLeg, firstLeg, type Leg, legHeaders, replayLeg } from './replay/leg.js';
import type { Replay } from './replay/parse-replay.js';
import { crossNetworkText, decideReach } from './replay/reach.js';
import { readReplay } from './replay/read-replay.js';
import { emptyBody, type RequestBody, readRequestBody } from './request-body.js';
import { type RequestTarget, requestTarget } from './request-target.js';

/** "up to 10 times": fly.io/docs/monitoring/error-codes, PA02 */
const maxReplays = 10;

export interface ExchangePorts {
  readonly courier: Courier;
  readonly members: Members;
  readonly settings: ProxySettings;
}

type Next = { readonly kind: 'go'; readonly leg: Leg } | Refused;

/** One request's way: to the app of its host, on from there as often as a replay says so, and the answer back. */
export class Exchange {
  readonly #client: Client;
  readonly #ports: ExchangePorts;
  readonly #target: RequestTarget;
  readonly #requestId = randomUUID();
  #replays = 0;

  constructor(client: Client, ports: ExchangePorts) {
    this.#client = client;
    this.#ports = ports;
    this.#target = requestTarget(client.request.url ?? '/', client.request.headers.host);
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
    const { headers } = this.#client.request;
    const requestFor = this.#requestBuilder(body);
    let leg = firstLeg(members.appOf(this.#target.host), firstWish(headers, settings.unconfirmed.forceInstanceWakes));
    for (;;) {
      const current = leg;
      const delivery = await courier.deliver(current, (to) => requestFor(current, to), this.#client.signal);
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

  #replay(replay: Replay, member: Member, leg: Leg, body: RequestBody): Next {
    const { members, settings } = this.#ports;
    if (leg.final) return refuse(`[PA03] ${member.id} replayed a request that had come back by fallback`);
    if (this.#replays++ >= maxReplays) return refuse(`[PA02] more than ${maxReplays} replays of one request`);
    // The docs say only that it "cannot be replayed" and name no status; all replay errors with a known one are a 502.
    // fly.io/docs/networking/dynamic-request-routing, "Requirements and Limitations"; error-codes, PA01
    if (body.rest !== undefined) return refuse(`[PA01] a body over ${settings.unconfirmed.maxReplayBodyBytes} bytes`);
    const next = replayLeg(replay, member, settings.clock.nowMs());
    const target = members.findApp(next.app);
    const reach = decideReach(members.findApp(member.app), target, settings.crossNetworkReplays());
    // Whether a fallback catches this is not known; a program that is refused learns of it sooner.
    if (reach === 'other network') return refuse(`[PA05] replay to ${next.app}, on another network`, crossNetworkText);
    if (reach === 'other organisation') return refuse(`[PA05] replay to ${next.app}, of another organisation`);
    return { kind: 'go', leg: next };
  }

  #afterFailure(failed: Exclude<Delivery, { kind: 'answered' }>, leg: Leg): Next {
    const { unconfirmed } = this.#ports.settings;
    if (failed.kind === 'broken') return refuse(`[PU02] ${failed.member.id} did not answer: ${failed.error.message}`);
    const back = fallbackLeg(leg, failed);
    return back === undefined ? refuseUnreachable(failed, leg, unconfirmed) : { kind: 'go', leg: back };
  }

  #requestBuilder(body: RequestBody): (leg: Leg, to: Member) => OutgoingRequest {
    const { request, upgrade } = this.#client;
    const { socket, method = 'GET' } = request;
    const { host, path } = this.#target;
    const { region, unconfirmed } = this.#ports.settings;
    const original = forwardedHeaders(request.rawHeaders, {
      method,
      clientIp: plainIp(socket.remoteAddress),
      proxyIp: plainIp(socket.localAddress),
      port: socket.localPort ?? 0,
      region,
      requestId: this.#requestId,
      upgrade: upgrade && request.headers.upgrade,
      host: host === request.headers.host ? undefined : host,
      forgedReplayHeaders: unconfirmed.forgedReplayHeaders,
    });
    return (leg, to) => {
      const headers = legHeaders(original, leg, to);
      return { method, path: leg.transform?.path ?? path, headers, body, pooled: true };
    };
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

function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
