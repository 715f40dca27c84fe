import { z } from 'zod';
import { type ReplayForm, replayForms } from './replay-fields.js';

/** What an answer asks of the proxy, in header or JSON form. Source: fly.io/docs/networking/dynamic-request-routing */
export interface Replay {
  readonly app?: string | undefined;
  readonly instance?: string | undefined;
  readonly preferInstance?: string | undefined;
  /** Codes and names of areas, in order of preference. */
  readonly regions?: readonly string[] | undefined;
  readonly state?: string | undefined;
  readonly elsewhere: boolean;
  readonly timeoutMs?: number | undefined;
  readonly fallback?: Fallback | undefined;
  readonly transform?: Transform | undefined;
}

export type Fallback = 'force_self' | 'prefer_self';

export interface Transform {
  readonly path?: string | undefined;
  readonly delete_headers?: readonly string[] | undefined;
  readonly set_headers?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

/** Fly refuses an invalid one as PA03. */
export type ParsedReplay =
  | { readonly kind: 'replay'; readonly replay: Replay }
  | { readonly kind: 'invalid'; readonly why: string };

/** What to make of a timeout without a unit. */
export type UnitlessTimeout = keyof typeof replayForms;

/** The headers that go with `fly-replay` and ask for the replay to be cached, by their names without that prefix. */
export interface CacheHeaders {
  readonly cache?: string | undefined;
  readonly ttlSecs?: string | undefined;
  readonly allowBypass?: string | undefined;
}

export function parseReplayHeader(header: string, cache: CacheHeaders, unitless: UnitlessTimeout): ParsedReplay {
  const pairs = header.matchAll(/\s*([^=;\s]+)\s*=\s*(?:"([^"]*)"|([^;]*?))\s*(?:;|$)/gy);
  const found = new Map<string, string>();
  let length = 0;
  for (const [whole, key = '', quoted, plain = ''] of pairs) {
    if (found.has(key)) return { kind: 'invalid', why: `names ${key} twice` };
    found.set(key, quoted ?? plain);
    length += whole.length;
  }
  if (length === 0 || length < header.trimEnd().length) return { kind: 'invalid', why: 'is not a list of key=value' };
  return checked({ ...Object.fromEntries(found), ...cacheFields(cache) }, unitless);
}

export function parseReplayJson(body: string, unitless: UnitlessTimeout): ParsedReplay {
  try {
    return checked(JSON.parse(body), unitless);
  } catch {
    return { kind: 'invalid', why: 'is not JSON' };
  }
}

function cacheFields({ cache, ttlSecs, allowBypass }: CacheHeaders): object {
  if (cache === undefined && ttlSecs === undefined && allowBypass === undefined) return {};
  const what = cache === 'invalidate' ? { invalidate: true } : cache === undefined ? {} : { prefix: cache };
  const ttl = ttlSecs === undefined ? {} : { ttl: Number(ttlSecs) };
  return { cache: { ...what, ...ttl }, allow_bypass: allowBypass === 'yes' };
}

function checked(found: unknown, unitless: UnitlessTimeout): ParsedReplay {
  const result = replayForms[unitless].safeParse(found);
  if (!result.success) return { kind: 'invalid', why: z.prettifyError(result.error).replaceAll('\n', ' ') };
  const { prefer_instance, region, timeout, elsewhere, cache, allow_bypass: _, ...same } = result.data;
  const forbidden = uncacheable.find((field) => result.data[field] !== undefined);
  if (cache?.prefix !== undefined && forbidden) return { kind: 'invalid', why: `has ${forbidden} and is to be cached` };
  const replay = { ...same, preferInstance: prefer_instance, regions: region, timeoutMs: timeout };
  return { kind: 'replay', replay: { ...replay, elsewhere: elsewhere ?? false } };
}

/**
 * No replay is kept: Fly never promises it, so nobody may notice. But what it says cannot be cached is refused, or a
 * program would learn of that only there.
 */
const uncacheable: readonly (keyof ReplayForm)[] = ['state', 'transform', 'timeout', 'fallback'];
