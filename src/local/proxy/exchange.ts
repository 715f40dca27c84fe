import { randomUUID } from 'node:crypto';
import type { Wish } from './choose-targets.js';
import type { Client } from './client.js';
import type { Courier, Delivery } from './deliver.js';
import { forwardedHeaders } from './forwarded-headers.js';
import type { Header } from './headers.js';
import { type Failure, fallbackLeg, firstLeg, type Leg, legHeaders, replayLeg } from './leg.js';
import type { Member } from './members.js';
import type { ProxySettings } from './options.js';
import type { Replay } from './parse-replay.js';
import { readReplay } from './read-replay.js';
import { answerBadGateway, relay } from './relay.js';
import { emptyBody, type RequestBody, readRequestBody } from './request-body.js';
import type { OutgoingRequest } from './upstream.js';

/** "up to 10 times": fly.io/docs/monitoring/error-codes, PA02 */
const maxReplays = 10;

type Next = { readonly kind: 'go'; readonly leg: Leg } | { readonly kind: 'refuse'; readonly why: string };

/** One request's way: to the control plane, on from there as often as a replay says so, and the answer back. */
export class Exchange {
  readonly #client: Client;
  readonly #courier: Courier;
  readonly #controlPlaneApp: string;
  readonly #settings: ProxySettings;
  readonly #requestId = randomUUID();
  /** What the proxy adds to every answer. */
  readonly #added: readonly Header[] = [['fly-request-id', this.#requestId]];
  #replays = 0;

  constructor(client: Client, courier: Courier, controlPlaneApp: string, settings: ProxySettings) {
    this.#client = client;
    this.#courier = courier;
    this.#controlPlaneApp = controlPlaneApp;
    this.#settings = settings;
  }

  async run(): Promise<void> {
    const { request, upgrade, signal } = this.#client;
    try {
      const body = upgrade ? emptyBody : await readRequestBody(request, this.#settings.maxReplayBodyBytes);
      await this.#travel(body);
    } catch (error) {
      if (!signal.aborted) this.#refuse(`[PU04] ${String(error)}`);
    }
  }

  async #travel(body: RequestBody): Promise<void> {
    const requestFor = this.#requestBuilder(body);
    let leg = firstLeg(this.#controlPlaneApp, firstWish(this.#client));
    for (;;) {
      const current = leg;
      const delivery = await this.#courier.deliver(current, (to) => requestFor(current, to), this.#client.signal);
      const next = delivery.kind === 'answered' ? await this.#settle(delivery, leg, body) : afterFailure(delivery, leg);
      if (next === undefined) return;
      if (next.kind === 'refuse') return this.#refuse(next.why);
      leg = next.leg;
    }
  }

  /** Undefined when the client has its answer. */
  async #settle(delivery: Delivery & { kind: 'answered' }, leg: Leg, body: RequestBody): Promise<Next | undefined> {
    const { answer, member, done } = delivery;
    try {
      const parsed = await readReplay(answer);
      if (parsed.kind === 'invalid') return refusal(`[PA03] replay by ${member.id} ${parsed.why}`);
      if (parsed.kind === 'replay') return this.#replay(parsed.replay, member, leg, body);
      await relay(this.#client, answer, this.#added);
      return undefined;
    } finally {
      done();
    }
  }

  #replay(replay: Replay, member: Member, leg: Leg, body: RequestBody): Next {
    if (leg.final) return refusal(`[PA03] ${member.id} replayed a request that had come back by fallback`);
    if (this.#replays++ >= maxReplays) return refusal(`[PA02] more than ${maxReplays} replays of one request`);
    // The docs say only that it "cannot be replayed" and name no status; all replay errors with a known one are a 502.
    // fly.io/docs/networking/dynamic-request-routing, "Requirements and Limitations"; error-codes, PA01
    if (body.rest !== undefined) return refusal(`[PA01] a body over ${this.#settings.maxReplayBodyBytes} bytes`);
    return { kind: 'go', leg: replayLeg(replay, member, Date.now()) };
  }

  #requestBuilder(body: RequestBody): (leg: Leg, to: Member) => OutgoingRequest {
    const { request, upgrade } = this.#client;
    const { socket, method = 'GET', url = '/' } = request;
    const original = forwardedHeaders(request.rawHeaders, {
      method,
      clientIp: plainIp(socket.remoteAddress),
      proxyIp: plainIp(socket.localAddress),
      port: socket.localPort ?? 0,
      region: this.#settings.region,
      requestId: this.#requestId,
      upgrade: upgrade && request.headers.upgrade,
    });
    return (leg, to) => ({ method, path: leg.transform?.path ?? url, headers: legHeaders(original, leg, to), body });
  }

  #refuse(why: string): void {
    if (this.#client.signal.aborted) return;
    this.#settings.log(why);
    // What is left of a body that nobody reads would block the connection.
    this.#client.request.resume();
    answerBadGateway(this.#client, this.#added);
  }
}

function afterFailure(failed: Exclude<Delivery, { kind: 'answered' }>, leg: Leg): Next {
  if (failed.kind === 'broken') return refusal(`[PU02] ${failed.member.id} did not answer: ${failed.error.message}`);
  const back = fallbackLeg(leg, failed);
  return back === undefined ? refusal(unreachable(failed, leg)) : { kind: 'go', leg: back };
}

function unreachable(failure: Failure, leg: Leg): string {
  const target = leg.wish.instance ?? leg.wish.preferInstance ?? 'any';
  return `[PR03] app ${leg.app}, instance ${target}: ${failure.reason} after ${Math.round(failure.elapsedMs)} ms`;
}

function refusal(why: string): Next {
  return { kind: 'refuse', why };
}

/** Source: fly.io/docs/networking/dynamic-request-routing, on both request headers */
function firstWish(client: Client): Wish {
  const { headers } = client.request;
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
  const instance = one(headers['fly-force-instance-id']);
  return instance === undefined ? { preferInstance: one(headers['fly-prefer-instance-id']) } : { instance };
}

function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
