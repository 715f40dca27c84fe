import type { Clock } from '../../clock.js';
import type { FlyCall } from '../calls.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { type Bucket, takeToken } from './bucket.js';
import { rateOf } from './rates.js';

export interface RateLimitsContext {
  readonly clock: Clock;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** So many buckets are kept; the one that was unused for longest is forgotten first, and so is full again. */
const maxBuckets = 10_000;

/** Fly's limits on calls; off until they are turned on. */
export class RateLimits {
  readonly #context: RateLimitsContext;
  readonly #onAtStart: boolean;
  readonly #buckets = new Map<string, Bucket>();
  #isOn: boolean;

  constructor(context: RateLimitsContext, isOn: boolean) {
    this.#context = context;
    this.#onAtStart = isOn;
    this.#isOn = isOn;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  on(): void {
    this.#isOn = true;
  }

  /** Whoever turns them on again finds all buckets full. */
  off(): void {
    this.#isOn = false;
    this.#buckets.clear();
  }

  /** As at the start, with full buckets. */
  reset(): void {
    this.#isOn = this.#onAtStart;
    this.#buckets.clear();
  }

  /** Counts the call. @throws FlyRefusal 429 when there were too many */
  count(call: FlyCall, subject: string): void {
    if (!this.#isOn) return;
    const key = `${call} ${subject}`;
    const taken = takeToken(this.#buckets.get(key), rateOf(call), this.#context.clock.nowMs());
    this.#buckets.delete(key);
    this.#buckets.set(key, taken.bucket);
    this.#forgetOldest();
    if (taken.kind === 'passes') return;
    const sendsIt = this.#context.unconfirmed.now.retryAfter === 'sent';
    throw refusals.rateLimited(sendsIt ? { 'retry-after': String(Math.ceil(taken.retryAfterMs / 1000)) } : {});
  }

  #forgetOldest(): void {
    if (this.#buckets.size <= maxBuckets) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
