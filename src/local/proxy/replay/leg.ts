import { regionsOf } from '../../fly/regions.js';
import type { Obstacle, Wish } from '../delivery/choose-targets.js';
import type { Member } from '../delivery/members.js';
import type { FailureReason } from '../delivery/patience.js';
import { belongsToConnection, type Header, withHeaders, withoutHeaders } from '../headers.js';
import type { Fallback, Replay, Transform } from './parse-replay.js';

/** One delivery of the request: the first to the control plane, each replay, and the way back when a replay failed. */
export interface Leg {
  readonly app: string;
  readonly wish: Wish;
  readonly timeoutMs: number | undefined;
  readonly transform: Transform | undefined;
  /** What the target is told about how the request came to it. */
  readonly told: readonly Header[];
  /** Who takes the request back when the target cannot be reached. */
  readonly fallback: { readonly kind: Fallback; readonly to: Member } | undefined;
  /** A request that came back is never replayed again. */
  readonly final: boolean;
}

export interface Failure {
  readonly reason: FailureReason;
  readonly elapsedMs: number;
  readonly region: string;
  /** Set when something fits and cannot be taken. */
  readonly obstacle: Obstacle | undefined;
}

export function firstLeg(app: string, wish: Wish): Leg {
  return { app, wish, timeoutMs: undefined, transform: undefined, told: [], fallback: undefined, final: false };
}

export function replayLeg(replay: Replay, source: Member, timeMs: number): Leg {
  const { instance, preferInstance, regions, state, timeoutMs, transform, fallback } = replay;
  const told = { instance: source.id, region: source.region, t: Math.round(timeMs * 1000), state };
  return {
    app: replay.app ?? source.app,
    wish: {
      instance,
      preferInstance,
      regions: regions?.map(regionsOf),
      except: replay.elsewhere ? source.id : undefined,
    },
    timeoutMs,
    transform,
    // It says "miss" of every replay that was not answered from the cache, and here none is.
    told: [
      ['fly-replay-src', fieldList(told)],
      ['fly-replay-cache-status', 'miss'],
    ],
    fallback: fallback && { kind: fallback, to: source },
    final: false,
  };
}

/** The original request again, without what the replay changed in it. Undefined where no fallback was asked for. */
export function fallbackLeg(leg: Leg, failure: Failure): Leg | undefined {
  if (leg.fallback === undefined) return undefined;
  const { kind, to } = leg.fallback;
  const failed = {
    instance: leg.wish.instance ?? leg.wish.preferInstance,
    app: leg.app,
    region: failure.region,
    replay_source: to.id,
    reason: failure.reason,
    elapsed_ms: Math.round(failure.elapsedMs),
  };
  const wish = kind === 'force_self' ? { instance: to.id } : { preferInstance: to.id };
  return { ...firstLeg(to.app, wish), told: [['fly-replay-failed', fieldList(failed)]], final: true };
}

/** The headers of this leg: each leg changes the original request, so transforms of earlier replays do not add up. */
export function legHeaders(original: readonly Header[], leg: Leg, member: Member): Header[] {
  const { delete_headers = [], set_headers = [] } = leg.transform ?? {};
  const changeable = (name: string) => !belongsToConnection(name.toLowerCase());
  const deleted = delete_headers.map((name) => name.toLowerCase()).filter(changeable);
  const set = set_headers.filter(({ name }) => changeable(name)).map(({ name, value }): Header => [name, value]);
  const { preferInstance } = leg.wish;
  const missed = preferInstance !== undefined && preferInstance !== member.id && !leg.final;
  const told: Header[] = missed ? [...leg.told, ['fly-preferred-instance-unavailable', preferInstance]] : [...leg.told];
  return withHeaders(withHeaders(withoutHeaders(original, deleted), set), told);
}

function fieldList(fields: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}
