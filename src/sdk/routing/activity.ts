import { asError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import type { CachedRoute } from './cached-route.js';
import { within } from './deadline.js';
import type { ProjectView, RouteSource } from './ports.js';

export interface ActivityParts {
  readonly source: RouteSource;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly flushMs?: number;
  /** Told when writing begins to fail, not each time it fails. */
  readonly report?: (error: Error) => void;
}

/** A row this long unused may be looked at by a sweep: it is written before the request goes on, not after. */
const touchFirstAfterMs = 3_600_000;
/** After a failed touch, so that a database that is away does not slow every request down. */
const touchAgainAfterMs = 5_000;
const touchTimeoutMs = 2_000;
const maxPending = 10_000;
const maxBatch = 1_000;
const maxFlushMs = 5_000;

/** Writes down that projects are used: at once where a sweep might be about to decide, otherwise in batches. */
export class Activity {
  readonly #parts: ActivityParts;
  readonly #touching = new Map<CachedRoute, Promise<boolean>>();
  #pending = new Map<ProjectId, number>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #failing = false;
  #closed = false;

  constructor(parts: ActivityParts) {
    this.#parts = parts;
  }

  /** Uses that are not yet written. */
  get pending(): number {
    return this.#pending.size;
  }

  mustTouchFirst(route: CachedRoute): boolean {
    return this.#parts.now() - route.usedAtMs > touchFirstAfterMs;
  }

  /** Whether the request may go where the route says; false means that the project has moved on: decide again. */
  async admit(route: CachedRoute, view: ProjectView): Promise<boolean> {
    if (!this.mustTouchFirst(route)) {
      this.note(view);
      return true;
    }
    const running = this.#touching.get(route);
    if (running !== undefined) return running;
    const touching = this.#touch(route, view).finally(() => this.#touching.delete(route));
    this.#touching.set(route, touching);
    return touching;
  }

  /** Collects one use, to be written with the next batch. */
  note(view: ProjectView): void {
    if (this.#pending.size >= maxPending && !this.#pending.has(view.id)) return;
    this.#pending.set(view.id, view.epoch);
    this.#flushLater();
  }

  /** Writes what was collected; what cannot be written is kept for the next time. Never throws. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#writeAll());
    return this.#flushing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #flushLater(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => void this.flush(), this.#parts.flushMs ?? 5_000);
    this.#timer.unref();
  }

  async #touch(route: CachedRoute, view: ProjectView): Promise<boolean> {
    try {
      const stillActive = await bounded(this.#parts.source.touch(view.id, view.epoch), touchTimeoutMs);
      if (stillActive) route.usedAtMs = this.#parts.now();
      return stillActive;
    } catch (thrown) {
      // With the database away active projects keep routing (G9), and no sweep can decide against them.
      this.#failed(thrown);
      route.usedAtMs = this.#parts.now() - touchFirstAfterMs + touchAgainAfterMs;
      this.note(view);
      return true;
    }
  }

  async #writeAll(): Promise<void> {
    const collected = [...this.#pending].map(([id, epoch]) => ({ id, epoch }));
    this.#pending = new Map();
    for (let start = 0; start < collected.length; start += maxBatch) {
      try {
        await bounded(this.#parts.source.touchAll(collected.slice(start, start + maxBatch)), maxFlushMs);
        this.#failing = false;
      } catch (thrown) {
        this.#failed(thrown);
        this.#keep(collected.slice(start));
        this.#flushLater();
        return;
      }
    }
  }

  #keep(touches: readonly { readonly id: ProjectId; readonly epoch: number }[]): void {
    for (const { id, epoch } of touches) {
      if (!this.#pending.has(id) && this.#pending.size < maxPending) this.#pending.set(id, epoch);
    }
  }

  #failed(thrown: unknown): void {
    if (!this.#failing) this.#parts.report?.(asError(thrown));
    this.#failing = true;
  }
}

function bounded<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return within(work, limitMs, () => new Error(`Activity could not be written within ${limitMs} ms.`));
}
