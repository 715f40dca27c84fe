import { type Backoff, backoffMs, pause } from '../http/backoff.js';
import { FlyError, FlyTransportError } from './errors.js';
import { getMachine } from './machines.js';
import type { FlyCallOptions, FlyTransport } from './transport.js';
import { decideAfterSlice, isReached, narrowed } from './wait-decision.js';
import type { WaitableState } from './wire.js';

export interface FlyWaitOptions {
  /** From now to the end of the wait, whatever Fly does. */
  readonly timeoutMs: number;
  /** Wait for this version (`instance_id`) to get there: after an update, so as not to see the old one. */
  readonly version?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Fly refuses more with 400, whatever other sources say. */
const maxSliceSecs = 60;
/** Where Fly does not know all the states, a look after each slice has to find the others. */
const narrowSliceSecs = 5;
/** How long Fly's answer may take on top of the time that it was told to wait. */
const answerMarginMs = 1_000;
/** A look that hangs must not use up the time of the next slice. */
const lookTimeoutMs = 5_000;
const backoff: Backoff = { firstMs: 250, maxMs: 2_000 };

/**
 * Waits until the machine is in one of the states, in slices that Fly allows. `failed` is not `started`: ask for both to
 * learn of a failure at once.
 * @returns the state that was reached
 * @throws when the time is over, what Fly said last: FlyError with status 408 and advice `wait-for-state`
 */
export async function waitForState(
  fly: FlyTransport,
  id: string,
  state: WaitableState | readonly WaitableState[],
  options: FlyWaitOptions,
): Promise<string> {
  return await new Wait(fly, id, typeof state === 'string' ? [state] : state, options).run();
}

/**
 * Waits until the machine is started, which means that it booted, not that the program in it serves.
 * @throws FlyError with advice `give-up` as soon as it is `failed`, `gone` as soon as it is destroyed
 */
export async function waitForMachine(fly: FlyTransport, id: string, options: FlyWaitOptions): Promise<void> {
  const state = await waitForState(fly, id, ['started', 'failed', 'destroyed'], options);
  if (state === 'started') return;
  throw new FlyError({
    call: 'waitForState',
    target: id,
    status: 200,
    flyCode: null,
    text: `the machine is ${state}, not started`,
    requestId: null,
    retryAfterSecs: null,
    advice: state === 'destroyed' ? 'gone' : 'give-up',
  });
}

class Wait {
  readonly #fly: FlyTransport;
  readonly #id: string;
  readonly #wanted: readonly WaitableState[];
  readonly #options: FlyWaitOptions;
  readonly #startMs = performance.now();
  #asked: readonly WaitableState[];
  #maxSliceSecs = maxSliceSecs;

  constructor(fly: FlyTransport, id: string, wanted: readonly WaitableState[], options: FlyWaitOptions) {
    this.#fly = fly;
    this.#id = id;
    this.#wanted = wanted;
    this.#asked = wanted;
    this.#options = options;
  }

  async run(): Promise<string> {
    let said: unknown;
    for (let slice = 1; ; slice++) {
      const state = await this.#slice().catch((error: unknown) => {
        if (!isTimedOut(said)) said = error;
        return this.#after(error);
      });
      if (state !== undefined && isReached(state, this.#wanted)) return state;
      const pauseMs = backoffMs(slice, backoff, this.#fly.random);
      if (pauseMs >= this.#remainingMs) throw said ?? this.#overdue(state);
      await pause(pauseMs, this.#options.signal);
    }
  }

  /** @returns the state in which Fly says that the machine is */
  async #slice(): Promise<string> {
    const allowedSecs = Math.floor((this.#remainingMs - answerMarginMs) / 1_000);
    const sliceSecs = Math.min(this.#maxSliceSecs, Math.max(1, allowedSecs));
    const query = new URLSearchParams({ timeout: String(sliceSecs) });
    for (const state of this.#asked) query.append('state', state);
    if (this.#options.version !== undefined) query.set('version', this.#options.version);
    const requestTimeoutMs = sliceSecs * 1_000 + answerMarginMs;
    const content = { path: { id: this.#id }, query, requestTimeoutMs };
    const answer = await this.#fly.send('waitForState', content, this.#call);
    if (answer?.state !== undefined) return answer.state;
    // Older servers say only that it is so.
    const [only, ...others] = this.#asked;
    return only !== undefined && others.length === 0 ? only : (await getMachine(this.#fly, this.#id, this.#call)).state;
  }

  /** @returns the state, if it is known all the same */
  async #after(error: unknown): Promise<string | undefined> {
    this.#options.signal?.throwIfAborted();
    const waitedMs = performance.now() - this.#startMs;
    const decision = decideAfterSlice({ error, wanted: this.#wanted, asked: this.#asked, waitedMs });
    switch (decision.kind) {
      case 'reached':
        return decision.state;
      case 'again':
        return decision.look ? await this.#look() : undefined;
      case 'narrow':
        this.#asked = narrowed(this.#wanted);
        this.#maxSliceSecs = narrowSliceSecs;
        return undefined;
      case 'fail':
        throw error;
    }
  }

  /** A look that fails has seen nothing: the next slice will tell. */
  async #look(): Promise<string | undefined> {
    const { signal } = this.#options;
    const timeoutMs = Math.max(1, Math.min(lookTimeoutMs, this.#remainingMs));
    const machine = await getMachine(this.#fly, this.#id, { signal, timeoutMs }).catch(() => undefined);
    signal?.throwIfAborted();
    const { version = machine?.instance_id } = this.#options;
    return machine?.instance_id === version ? machine?.state : undefined;
  }

  get #remainingMs(): number {
    return this.#options.timeoutMs - (performance.now() - this.#startMs);
  }

  get #call(): FlyCallOptions {
    return { signal: this.#options.signal, timeoutMs: Math.max(1, this.#remainingMs) };
  }

  #overdue(state: string | undefined): FlyTransportError {
    const reason = `the machine was ${state ?? 'in an unknown state'} after ${this.#options.timeoutMs} ms`;
    return new FlyTransportError({ call: 'waitForState', target: this.#id, sent: 'maybe', kind: 'timeout', reason });
  }
}

/** Fly's own words say more than that our time is over. */
function isTimedOut(error: unknown): boolean {
  return error instanceof FlyError && error.status === 408;
}
