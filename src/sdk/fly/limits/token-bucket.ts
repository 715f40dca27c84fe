import type { CallLimit } from '../endpoints.js';

export type Rate = Pick<CallLimit, 'perSec' | 'burst'>;

/** So many tokens at that time. A time to come means that the bucket is closed until then. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export function fullBucket(rate: Rate, nowMs: number): Bucket {
  return { tokens: rate.burst, atMs: nowMs };
}

export function refilled(bucket: Bucket, rate: Rate, nowMs: number): Bucket {
  if (nowMs <= bucket.atMs) return bucket;
  const gained = ((nowMs - bucket.atMs) * rate.perSec) / 1_000;
  return { tokens: Math.min(rate.burst, bucket.tokens + gained), atMs: nowMs };
}

/** How long until it holds so many tokens, if nobody takes any. 0: now. */
export function msUntil(tokens: number, bucket: Bucket, rate: Rate, nowMs: number): number {
  const { tokens: held, atMs } = refilled(bucket, rate, nowMs);
  const lacking = Math.max(0, tokens - held);
  return Math.ceil(Math.max(0, atMs - nowMs) + (lacking * 1_000) / rate.perSec);
}

export function without(tokens: number, bucket: Bucket): Bucket {
  return { ...bucket, tokens: bucket.tokens - tokens };
}

/** Empty, and it fills again only from then on. */
export function closedUntil(bucket: Bucket, ms: number): Bucket {
  return { tokens: 0, atMs: Math.max(bucket.atMs, ms) };
}

/** Nothing would be forgotten by forgetting it. */
export function isFull(bucket: Bucket, rate: Rate, nowMs: number): boolean {
  return msUntil(rate.burst, bucket, rate, nowMs) === 0;
}
