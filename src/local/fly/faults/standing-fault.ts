import type { Clock } from '../../clock.js';
import type { Lists } from '../lists.js';
import type { Fault } from './fault.js';
import { type CallFacts, fitsCall, listsThings, readsThing } from './match.js';

/** A fault that was added, and what it is doing. */
export class StandingFault<Kind extends Fault = Fault> {
  readonly id: string;
  readonly fault: Kind;
  /** What a stale list is read from. */
  readonly past: Lists | undefined;
  readonly #clock: Clock;
  readonly #addedAtMs: number;
  readonly #ended = new AbortController();
  /** What creates have made that is not to be known, and since when. */
  readonly #hidden = new Map<string, number>();
  #left: number;
  #holding = 0;

  constructor(id: string, fault: Kind, clock: Clock, past: Lists | undefined) {
    this.id = id;
    this.fault = fault;
    this.past = past;
    this.#clock = clock;
    this.#addedAtMs = clock.nowMs();
    this.#left = fault.times;
  }

  get left(): number {
    return this.#left;
  }

  /** It forgets its target, and hits nothing else. */
  get forgetsOneThing(): boolean {
    return this.fault.kind === 'forget' && this.fault.target !== undefined;
  }

  /** It will do nothing any more. */
  get spent(): boolean {
    if (this.#holding > 0) return false;
    if (this.forgetsOneThing && !this.#lasts(this.#addedAtMs)) return true;
    return this.#left <= 0 && ![...this.#hidden.values()].some((sinceMs) => this.#lasts(sinceMs));
  }

  use(): void {
    this.#left -= 1;
  }

  /** From now on nobody knows it. */
  hide(id: string): void {
    for (const [known, sinceMs] of this.#hidden) if (!this.#lasts(sinceMs)) this.#hidden.delete(known);
    this.#hidden.set(id, this.#clock.nowMs());
  }

  /** What this call does not know for its sake; a target is counted. */
  takeForgotten(facts: CallFacts): readonly string[] {
    const { fault } = this;
    if (fault.kind !== 'forget') return [];
    if (fault.target === undefined) return this.#hiddenFrom(facts);
    if (this.#left <= 0 || !fitsCall(fault, facts) || !this.#lasts(this.#addedAtMs)) return [];
    this.use();
    return [fault.target];
  }

  /** Resolves when the fault has ended. @throws the signal's reason */
  async held(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#ended.signal.aborted) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason);
    const go = () => resolve();
    this.#holding += 1;
    signal.addEventListener('abort', abort, { once: true });
    this.#ended.signal.addEventListener('abort', go, { once: true });
    try {
      await promise;
    } finally {
      this.#holding -= 1;
      signal.removeEventListener('abort', abort);
      this.#ended.signal.removeEventListener('abort', go);
    }
  }

  end(): void {
    this.#ended.abort();
  }

  #hiddenFrom({ call, target }: CallFacts): readonly string[] {
    const ids = [...this.#hidden].filter(([, sinceMs]) => this.#lasts(sinceMs)).map(([id]) => id);
    if (listsThings(call)) return ids;
    return readsThing(call) ? ids.filter((id) => id === target) : [];
  }

  #lasts(sinceMs: number): boolean {
    const forMs = this.fault.kind === 'forget' ? this.fault.forMs : undefined;
    return forMs === undefined || this.#clock.nowMs() < sinceMs + forMs;
  }
}
