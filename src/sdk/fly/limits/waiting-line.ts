import type { MonotonicClock } from '../../clock.js';
import { type Bucket, closedUntil, fullBucket, isFull, msUntil, type Rate, refilled, without } from './token-bucket.js';

export type Outcome =
  | 'go'
  /** Its turn would come after its deadline. */
  | 'too_late'
  | 'closed';

export interface Waiter {
  readonly deadlineMs: number;
  readonly leave: (outcome: Outcome) => void;
}

/** One bucket and those who wait for its tokens: first come, first served. */
export class WaitingLine {
  readonly #rate: Rate;
  readonly #clock: MonotonicClock;
  #bucket: Bucket;
  #waiters: Waiter[] = [];
  #cancelTimer: () => void = () => undefined;

  constructor(rate: Rate, clock: MonotonicClock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#bucket = fullBucket(rate, clock.nowMs());
  }

  get length(): number {
    return this.#waiters.length;
  }

  /** Nobody waits, and a new one in its place would do the same. */
  get idle(): boolean {
    return this.length === 0 && isFull(this.#bucket, this.#rate, this.#clock.nowMs());
  }

  /** @returns what takes it out of the line again */
  join(waiter: Waiter): () => void {
    this.#waiters.push(waiter);
    this.#move();
    return () => {
      if (!this.#waiters.includes(waiter)) return;
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      this.#move();
    };
  }

  closeFor(ms: number): void {
    const nowMs = this.#clock.nowMs();
    this.#bucket = closedUntil(refilled(this.#bucket, this.#rate, nowMs), nowMs + ms);
    this.#move();
  }

  /** Sends everybody away. */
  close(): void {
    this.#cancelTimer();
    for (const waiter of this.#waiters.splice(0)) waiter.leave('closed');
  }

  /** Lets go whoever may, turns away whoever waits in vain, and sets the timer for the next. */
  #move(): void {
    this.#cancelTimer();
    const nowMs = this.#clock.nowMs();
    this.#bucket = refilled(this.#bucket, this.#rate, nowMs);
    const staying: Waiter[] = [];
    for (const waiter of this.#waiters) {
      const untilTurnMs = msUntil(staying.length + 1, this.#bucket, this.#rate, nowMs);
      if (untilTurnMs === 0) this.#serve(waiter);
      else if (nowMs + untilTurnMs > waiter.deadlineMs) waiter.leave('too_late');
      else staying.push(waiter);
    }
    this.#waiters = staying;
    if (staying.length === 0) return;
    this.#cancelTimer = this.#clock.after(msUntil(1, this.#bucket, this.#rate, nowMs), () => this.#move());
  }

  #serve(waiter: Waiter): void {
    this.#bucket = without(1, this.#bucket);
    waiter.leave('go');
  }
}
