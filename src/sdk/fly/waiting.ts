import { type Backoff, backoffMs, pause } from '../http/backoff.js';
import type { FlyAdvice } from './advice-table.js';
import { Deadline, type FlyCallOptions } from './deadline.js';
import { FlyError } from './errors.js';
import { lookAtMachine } from './machines.js';
import { retryAfterMs } from './retry.js';
import type { FlyTransport } from './transport.js';
import { FlyTransportError } from './transport-error.js';
import {
  decideAfterSlice,
  decideOnState,
  isReplaced,
  maxSliceSecs,
  narrowed,
  nextSlice,
  type WaitAim,
} from './wait-decision.js';
import type { WaitableState } from './wire.js';

/** Where Fly cannot be asked for all the states, a look after each slice has to find the others. */
const narrowSliceSecs = 5;
const backoff: Backoff = { firstMs: 250, maxMs: 2_000 };

export interface WaitTimes extends FlyCallOptions {
  /** From now to the end of the wait, whatever Fly does. */
  readonly timeoutMs: number;
}

/** One wait, in slices, with a look where Fly says nothing. */
export class Wait {
  readonly #fly: FlyTransport;
  readonly #id: string;
  readonly #aim: WaitAim;
  readonly #deadline: Deadline;
  readonly #timeoutMs: number;
  #asked: readonly WaitableState[];
  #maxSliceSecs = maxSliceSecs;

  constructor(fly: FlyTransport, id: string, aim: WaitAim, options: WaitTimes) {
    this.#fly = fly;
    this.#id = id;
    this.#aim = aim;
    this.#asked = aim.wanted;
    this.#deadline = new Deadline(options);
    this.#timeoutMs = options.timeoutMs;
  }

  async run(): Promise<string> {
    const { wanted } = this.#aim;
    let said: unknown;
    for (let slice = 1; ; slice++) {
      let failure: unknown;
      const state = await this.#slice().catch((error: unknown) => {
        failure = error;
        if (!isTimedOut(said)) said = error;
        return this.#after(error);
      });
      const meaning = state === undefined ? 'passing' : decideOnState(state, wanted);
      if (state !== undefined && meaning === 'reached') return state;
      if (meaning === 'never') throw endedBadly(this.#id, isNot(state, wanted), 'gone');
      const pauseMs = Math.max(backoffMs(slice, backoff, this.#fly.random), retryAfterMs(failure));
      if (pauseMs >= this.#deadline.leftMs) throw said ?? this.#overdue(state);
      await pause(pauseMs, this.#deadline.signal);
    }
  }

  /** @returns the state in which Fly says that the machine is, if it does */
  async #slice(): Promise<string | undefined> {
    const { secs, requestTimeoutMs } = nextSlice(this.#deadline.leftMs, this.#maxSliceSecs);
    const query = new URLSearchParams({ timeout: String(secs) });
    for (const state of this.#asked) query.append('state', state);
    if (this.#aim.version !== undefined) query.set('version', this.#aim.version);
    const content = { path: { id: this.#id }, query, requestTimeoutMs };
    const answer = await this.#fly.send('waitForState', content, this.#deadline.rest);
    if (answer?.state !== undefined) return answer.state;
    // Older servers say only that it is so.
    const [only, ...others] = this.#asked;
    return only !== undefined && others.length === 0 ? only : await this.#look();
  }

  /** @returns the state, if it is known all the same */
  async #after(error: unknown): Promise<string | undefined> {
    const waitedMs = this.#timeoutMs - this.#deadline.leftMs;
    const decision = decideAfterSlice({ error, asked: this.#asked, waitedMs, ...this.#aim });
    switch (decision.kind) {
      case 'reached':
        return decision.state;
      case 'again':
        return decision.look ? await this.#look() : undefined;
      case 'narrow':
        this.#asked = narrowed(this.#aim);
        this.#maxSliceSecs = narrowSliceSecs;
        return await this.#look();
      case 'fail':
        throw error;
    }
  }

  /** A look that fails has seen nothing: the next slice will tell. */
  async #look(): Promise<string | undefined> {
    const machine = await lookAtMachine(this.#fly, this.#id, this.#deadline);
    const { version = machine?.instance_id } = this.#aim;
    if (machine === undefined || machine.instance_id === version || machine.state === 'destroyed') {
      return machine?.state;
    }
    if (version !== undefined && isReplaced(version, machine.instance_id)) {
      throw endedBadly(this.#id, `version ${version} was replaced by ${machine.instance_id}`, 'give-up');
    }
    return undefined;
  }

  #overdue(state: string | undefined): FlyTransportError {
    const reason = `the machine was ${state ?? 'in an unknown state'} after ${this.#timeoutMs} ms`;
    return new FlyTransportError({ call: 'waitForState', target: this.#id, sent: 'maybe', kind: 'timeout', reason });
  }
}

function isNot(state: string | undefined, wanted: readonly WaitableState[]): string {
  return `the machine is ${state}, not ${wanted.join(' or ')}`;
}

/** Fly's own words say more than that our time is over. */
function isTimedOut(error: unknown): boolean {
  return error instanceof FlyError && error.status === 408;
}

/** Fly answered, and what it said is as good as a refusal. */
export function endedBadly(target: string, text: string, advice: FlyAdvice): FlyError {
  const facts = { call: 'waitForState', target, status: 200, text, advice } as const;
  return new FlyError({ ...facts, flyCode: null, requestId: null, retryAfterSecs: null });
}
