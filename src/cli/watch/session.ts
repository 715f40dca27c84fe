import { setTimeout as pause } from 'node:timers/promises';
import type { Overview } from '../../sdk/resources.js';
import type { ValetCalls } from '../../sdk/valet.js';
import { faultOf, isFinal, pauseMs } from './fault.js';
import type { Size } from './lines.js';
import { type Action, firstState, type Want, type WatchState, wantOf } from './model.js';
import { read } from './read.js';
import { reduce } from './reduce.js';

export interface SessionParts {
  readonly valet: Pick<ValetCalls, 'overview' | 'projects' | 'archives'>;
  readonly first: Overview;
  readonly size: Size;
  readonly everyMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What is looked at beside the overview changes less, and may cost more. */
const rereadMs = 10_000;
const tickMs = 1_000;

/** Reads what the screen shows, as long as somebody looks; what becomes of it is decided by the reducer. */
export class WatchSession {
  readonly #parts: SessionParts;
  readonly #listeners = new Set<() => void>();
  readonly #end = Promise.withResolvers<void>();
  readonly #over = new AbortController();
  #state: WatchState;
  #reading: { readonly want: string; readonly controller: AbortController } | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#state = firstState(parts.first, parts.size, parts.now());
  }

  readonly state = (): WatchState => this.#state;

  /** Calls back after every change, until what it returns is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly dispatch = (action: Action): void => {
    const before = this.#state;
    this.#state = reduce(before, action);
    if (this.#state === before || this.#over.signal.aborted) return;
    this.#readWhatIsWanted();
    for (const listener of this.#listeners) listener();
    if (this.#state.ended) this.#end.resolve();
  };

  /** Until the person ends it. @throws the reason of the signal, and what asking again does not help against */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#end.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const ticking = setInterval(() => this.dispatch({ kind: 'ticked', nowMs: this.#parts.now() }), tickMs);
    void this.#keep(() => this.#poll(this.#over.signal));
    try {
      await this.#end.promise;
    } finally {
      clearInterval(ticking);
      signal.removeEventListener('abort', stop);
      this.#over.abort();
      this.#reading?.controller.abort();
    }
  }

  /** What breaks the loop ends the session, unless it is that the session has ended. */
  async #keep(loop: () => Promise<void>): Promise<void> {
    await loop().catch((error: unknown) => this.#end.reject(error));
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { valet, everyMs, now } = this.#parts;
    for (let failures = 0; !signal.aborted; ) {
      await pause(pauseMs(everyMs, failures), undefined, { signal });
      try {
        this.dispatch({ kind: 'polled', overview: await valet.overview({ signal }), nowMs: now() });
        failures = 0;
      } catch (error) {
        if (signal.aborted || isFinal(error)) throw error;
        failures += 1;
        this.dispatch({ kind: 'poll_failed', fault: faultOf(error), nowMs: now() });
      }
    }
  }

  /** Something else is looked at: what was read for the view before is given up. */
  #readWhatIsWanted(): void {
    const want = wantOf(this.#state);
    const named = JSON.stringify(want);
    if (this.#reading?.want === named) return;
    this.#reading?.controller.abort();
    const controller = new AbortController();
    this.#reading = { want: named, controller };
    if (want !== null) void this.#keep(() => this.#readAgain(want, controller.signal));
  }

  async #readAgain(want: Want, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const action = await read(this.#parts.valet, want, signal);
        if (!signal.aborted) this.dispatch(action);
      } catch (error) {
        if (signal.aborted) return;
        if (isFinal(error)) throw error;
        this.dispatch({ kind: 'load_failed', fault: faultOf(error) });
      }
      await pause(rereadMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
