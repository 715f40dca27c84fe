import type { Member } from '../delivery/members.js';
import { type Refused, refuse } from '../refuse.js';
import { type Leg, replayLeg } from './leg.js';
import type { Replay } from './parse-replay.js';
import { crossNetworkText, type Reach } from './reach.js';

/** "up to 10 times": fly.io/docs/monitoring/error-codes, PA02 */
const maxReplays = 10;

export interface ReplaySituation {
  readonly source: Member;
  /** The way on which the request came to the source. */
  readonly leg: Leg;
  /** Of this request, without this one. */
  readonly replaysBefore: number;
  /** Set when the body was longer than that and was not kept. */
  readonly bodyOverBytes: number | undefined;
  readonly reachOf: (app: string) => Reach;
  readonly nowMs: number;
}

export type Next = { readonly kind: 'go'; readonly leg: Leg } | Refused;

/** Whether a replay is followed. What is refused here is refused at once; a fallback is for targets that are not reached. */
export function decideReplay(replay: Replay, situation: ReplaySituation): Next {
  const { source, leg, replaysBefore, bodyOverBytes, reachOf, nowMs } = situation;
  if (leg.final) return refuse(`[PA03] ${source.id} replayed a request that had come back by fallback`);
  if (replaysBefore >= maxReplays) return refuse(`[PA02] more than ${maxReplays} replays of one request`);
  // The docs say only that it "cannot be replayed" and name no status; all replay errors with a known one are a 502.
  // fly.io/docs/networking/dynamic-request-routing, "Requirements and Limitations"; error-codes, PA01
  if (bodyOverBytes !== undefined) return refuse(`[PA01] replay of a body over ${bodyOverBytes} bytes`);
  const next = replayLeg(replay, source, nowMs);
  const reach = reachOf(next.app);
  // Whether a fallback catches this on Fly is not known.
  if (reach === 'other network') return refuse(`[PA05] replay to ${next.app}, on another network`, crossNetworkText);
  if (reach === 'other organisation') return refuse(`[PA05] replay to ${next.app}, of another organisation`);
  return { kind: 'go', leg: next };
}
