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
const defaultFlushMs = 5_000;
/** As many as there are routes in memory may be in use at once. */
const maxPending = 200_000;
const maxBatch = 1_000;
/** With 5 s between flushes that is 1000 rows a second: three million projects within the hour of `touchFirstAfterMs`. */
const maxBatchesPerFlush = 5;
const maxStatementMs = 5_000;
const maxClosingMs = 10_000;

/**
 * Writes down that projects are used: at once where a sweep might be about to decide, otherwise in batches, first noted
 * first written. A use that finds no room is noted by a later request, or the row is touched first once the hour is over.
 */
export class Activity {
  readonly #parts: ActivityParts;
  readonly #flushMs: number;
  readonly #touching = new Map<CachedRoute, Promise<boolean>>();
  readonly #pending = new Map<ProjectId, number>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #noteEveryMs: number;
  #failing = false;
  #closed = false;

  constructor(parts: ActivityParts) {
    this.#parts = parts;
    this.#flushMs = parts.flushMs ?? defaultFlushMs;
    this.#noteEveryMs = this.#flushMs;
  }

  /** Uses that are not yet written. */
  get pending(): number {
    return this.#pending.size;
  }

  mustTouchFirst(route: CachedRoute, nowMs = this.#parts.now()): boolean {
    return nowMs - route.usedAtMs > touchFirstAfterMs;
  }

  /** Whether the request may go where the route says; false means that the project has moved on: decide again. */
  async admit(route: CachedRoute, view: ProjectView): Promise<boolean> {
    if (!this.mustTouchFirst(route)) {
      this.noteUse(route, view);
      return true;
    }
    const running = this.#touching.get(route);
    if (running !== undefined) return running;
    const touching = this.#touch(route, view).finally(() => this.#touching.delete(route));
    this.#touching.set(route, touching);
    return touching;
  }

  /** Collects the use of a route, once until it can have been written: for most requests this is one comparison. */
  noteUse(route: CachedRoute, view: ProjectView, nowMs = this.#parts.now()): void {
    if (nowMs - route.notedAtMs >= this.#noteEveryMs && this.note(view)) route.notedAtMs = Math.floor(nowMs);
  }

  /** Collects one use, to be written with one of the next batches; false if there is no room. */
  note({ id, epoch }: ProjectView): boolean {
    if (this.#pending.size >= maxPending && !this.#pending.has(id)) return false;
    this.#pending.set(id, epoch);
    this.#noteEveryMs = Math.max(this.#flushMs, this.#queueMs());
    this.#flushLater();
    return true;
  }

  /** Writes the oldest of what was collected; what cannot be written is kept for the next time. Never throws. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(async () => {
      await this.#write(maxBatchesPerFlush);
      if (this.#pending.size > 0) this.#flushLater();
    });
    return this.#flushing;
  }

  /** Writes all that was collected, for ten seconds at most. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    const endsAtMs = performance.now() + maxClosingMs;
    while (this.#pending.size > 0 && performance.now() < endsAtMs && (await this.#write(1)));
  }

  /** How long it takes until all that is waiting is written. */
  #queueMs(): number {
    return (this.#pending.size / (maxBatchesPerFlush * maxBatch)) * this.#flushMs;
  }

  #flushLater(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => void this.flush(), this.#flushMs);
    this.#timer.unref();
  }

  async #touch(route: CachedRoute, view: ProjectView): Promise<boolean> {
    try {
      const stillActive = await bounded(this.#parts.source.touch(view.id, view.epoch), touchTimeoutMs);
      if (stillActive) route.usedAtMs = Math.floor(this.#parts.now());
      return stillActive;
    } catch (thrown) {
      // With the database away active projects keep routing (G9), and no sweep can decide against them.
      this.#failed(thrown);
      route.usedAtMs = Math.floor(this.#parts.now()) - touchFirstAfterMs + touchAgainAfterMs;
      this.note(view);
      return true;
    }
  }

  /** False when it could not be written. */
  async #write(maxBatches: number): Promise<boolean> {
    for (let written = 0; written < maxBatches && this.#pending.size > 0; written += 1) {
      const batch = [...this.#pending.entries().take(maxBatch)].map(([id, epoch]) => ({ id, epoch }));
      try {
        await bounded(this.#parts.source.touchAll(batch), maxStatementMs);
      } catch (thrown) {
        this.#failed(thrown);
        return false;
      }
      this.#failing = false;
      this.#forget(batch);
    }
    return true;
  }

  /** Except what has come to another epoch meanwhile: that is a use not yet written. */
  #forget(written: readonly { readonly id: ProjectId; readonly epoch: number }[]): void {
    for (const { id, epoch } of written) if (this.#pending.get(id) === epoch) this.#pending.delete(id);
  }

  #failed(thrown: unknown): void {
    if (!this.#failing) this.#parts.report?.(asError(thrown));
    this.#failing = true;
  }
}

function bounded<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return within(work, limitMs, () => new Error(`Activity could not be written within ${limitMs} ms.`));
}
