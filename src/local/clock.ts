/**
 * The local platform's time: the computer's, until somebody holds it. While it is held nothing passes by itself, and
 * `advance` moves it on and lets everything that falls due happen in its order. It keeps no process alive.
 */
export class Clock {
  #timers: Timer[] = [];
  #held = false;
  /** What this clock is ahead of the computer's; while it is held, what it was stopped at. */
  #offsetMs = 0;
  #heldAtMs = 0;
  #wakeUp: NodeJS.Timeout | undefined;
  #advanced: Promise<void> = Promise.resolve();

  /** Milliseconds since the epoch. */
  nowMs(): number {
    return this.#held ? this.#heldAtMs : Date.now() + this.#offsetMs;
  }

  get held(): boolean {
    return this.#held;
  }

  /** From now on only `advance` moves it. */
  hold(): void {
    if (this.#held) return;
    this.#heldAtMs = this.nowMs();
    this.#held = true;
    clearTimeout(this.#wakeUp);
  }

  /** Goes on from where it stands. */
  release(): void {
    if (!this.#held) return;
    this.#offsetMs = this.#heldAtMs - Date.now();
    this.#held = false;
    this.#wait();
  }

  /**
   * Moves it on, held or not. Resolves when all that fell due on the way has been told, and what that began as well; work
   * that waits for the computer, as for a process or a file, is not waited for. Several advances happen one after the other.
   * @throws RangeError for anything but a time that is finite and not negative
   */
  advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`A clock cannot be advanced by ${ms} ms.`);
    const advanced = this.#advanced.then(() => this.#moveOn(ms));
    this.#advanced = advanced.catch(() => undefined);
    return advanced;
  }

  /** @throws the signal's reason, at once when it aborts */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.after(ms, resolve);
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Calls `act` once, when so much time has passed; `Infinity` is never. @returns what cancels it */
  after(ms: number, act: () => void): () => void {
    if (Number.isNaN(ms)) throw new RangeError('A clock cannot wait for a time that is no number.');
    const timer: Timer = { atMs: this.nowMs() + Math.max(0, ms), act };
    // Behind those that are due at the same time.
    const place = this.#timers.findIndex((other) => other.atMs > timer.atMs);
    this.#timers.splice(place === -1 ? this.#timers.length : place, 0, timer);
    this.#wait();
    return () => this.#drop(timer);
  }

  async #moveOn(ms: number): Promise<void> {
    const targetMs = this.nowMs() + ms;
    let atOnce = { atMs: Number.NaN, count: 0 };
    for (let due = this.#earliest(); due !== undefined && due.atMs <= targetMs; due = this.#earliest()) {
      atOnce = { atMs: due.atMs, count: due.atMs === atOnce.atMs ? atOnce.count + 1 : 1 };
      if (atOnce.count > maxAtOnce) throw new Error('The clock stands still: what falls due renews itself at once.');
      this.#moveTo(due.atMs);
      this.#fire(due);
      await settled();
    }
    this.#moveTo(targetMs);
    this.#wait();
  }

  #earliest(): Timer | undefined {
    return this.#timers[0];
  }

  #fire(timer: Timer): void {
    this.#drop(timer);
    timer.act();
  }

  #drop(timer: Timer): void {
    const place = this.#timers.indexOf(timer);
    if (place !== -1) this.#timers.splice(place, 1);
    if (this.#timers.length === 0) clearTimeout(this.#wakeUp);
  }

  #moveTo(ms: number): void {
    if (this.#held) this.#heldAtMs = Math.max(this.#heldAtMs, ms);
    else this.#offsetMs += Math.max(0, ms - this.nowMs());
  }

  /** One timer of the computer's for all of ours. */
  #wait(): void {
    clearTimeout(this.#wakeUp);
    const next = this.#earliest();
    if (this.#held || next === undefined) return;
    const waitMs = Math.min(maxTimerMs, Math.max(0, next.atMs - this.nowMs()));
    this.#wakeUp = setTimeout(() => this.#fireDue(), waitMs).unref();
  }

  #fireDue(): void {
    try {
      for (let due = this.#earliest(); due !== undefined && due.atMs <= this.nowMs(); due = this.#earliest()) {
        this.#fire(due);
      }
    } finally {
      // Also when one of them threw: the others still fall due.
      this.#wait();
    }
  }
}

interface Timer {
  readonly atMs: number;
  readonly act: () => void;
}

/** A longer one would fire at once; the clock looks again anyway. */
const maxTimerMs = 2 ** 31 - 1;
/** So many may fall due at one moment while it is advanced. */
const maxAtOnce = 10_000;
const turns = 3;

/** Lets those who were told go on, until they wait for something else. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
