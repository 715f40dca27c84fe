/** So many in a second for long, and so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of a burst, and when that was counted. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export type Taken =
  | { readonly kind: 'passes'; readonly bucket: Bucket }
  | { readonly kind: 'refused'; readonly bucket: Bucket; readonly retryAfterMs: number };

/** Takes one of the bucket's tokens; one that was never used is full. A refused call costs nothing. */
export function takeToken(bucket: Bucket | undefined, rate: Rate, nowMs: number): Taken {
  const tokens = bucket === undefined ? rate.burst : tokensAt(bucket, rate, nowMs);
  if (tokens >= 1) return { kind: 'passes', bucket: { tokens: tokens - 1, atMs: nowMs } };
  const retryAfterMs = Math.ceil(((1 - tokens) / rate.perSecond) * 1000);
  return { kind: 'refused', bucket: { tokens, atMs: nowMs }, retryAfterMs };
}

function tokensAt({ tokens, atMs }: Bucket, rate: Rate, nowMs: number): number {
  return Math.min(rate.burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * rate.perSecond);
}
