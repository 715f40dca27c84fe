import { ValetError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import { BoundedMap } from './bounded-map.js';
import { type CachedRoute, cachedRoute } from './cached-route.js';
import { within } from './deadline.js';
import type { RouteChangeListener, RouteChanges, RouteSource } from './ports.js';
import type { ReplaySettings } from './replay-header.js';

export interface RouteCacheParts {
  readonly source: RouteSource;
  readonly changes: RouteChanges;
  readonly replay: ReplaySettings;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly maxEntries?: number;
  readonly maxReads?: number;
  readonly readTimeoutMs?: number;
}

export const freshMs = 60_000;
/** How long a route outlives the database (G9). */
const staleMs = 300_000;
const unknownMs = 5_000;
/** Ids are free to invent, so those that do not exist have a small place of their own. */
const maxUnknown = 1_000;
/** After a failed read, those who have something to go on do not wait for the next failure. */
const awayMs = 1_000;

/** Routes in memory, as true as the news about their rows. */
export class RouteCache implements RouteChangeListener {
  readonly #parts: RouteCacheParts;
  readonly #routes: BoundedMap<string, CachedRoute>;
  readonly #unknown = new BoundedMap<string, CachedRoute>(maxUnknown);
  /** One read per id. News about an id takes its read out of here, and a read that is not here may not insert. */
  readonly #reads = new Map<string, Promise<CachedRoute>>();
  readonly #unsubscribe: () => void;
  #awayUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: RouteCacheParts) {
    this.#parts = parts;
    this.#routes = new BoundedMap(parts.maxEntries ?? 10_000);
    this.#unsubscribe = parts.changes.subscribe(this);
  }

  get size(): { readonly routes: number; readonly unknown: number; readonly reads: number } {
    return { routes: this.#routes.size, unknown: this.#unknown.size, reads: this.#reads.size };
  }

  /** A read has failed, and none has succeeded since. */
  get away(): boolean {
    return this.#awayUntilMs !== Number.NEGATIVE_INFINITY;
  }

  /** What may be served without reading. Undefined whenever news may have been lost. */
  peek(id: ProjectId, maxAgeMs = freshMs): CachedRoute | undefined {
    if (!this.#parts.changes.healthy) return undefined;
    const route = this.#routes.get(id);
    if (route !== undefined) return this.#age(route) < maxAgeMs ? route : undefined;
    const unknown = this.#unknown.get(id);
    return unknown !== undefined && this.#age(unknown) < Math.min(unknownMs, maxAgeMs) ? unknown : undefined;
  }

  /** @throws ValetError `database_unavailable` when it cannot be read and nothing under 5 minutes old is known */
  async get(id: ProjectId, maxAgeMs = freshMs): Promise<CachedRoute> {
    const cached = this.peek(id, maxAgeMs);
    if (cached !== undefined) return cached;
    if (this.#parts.now() < this.#awayUntilMs) {
      const stale = this.#stale(id);
      if (stale !== undefined) return stale;
    }
    try {
      return await within(
        this.#read(id),
        this.#parts.readTimeoutMs ?? 2_000,
        () => new Error('The read took too long.'),
      );
    } catch (thrown) {
      this.#awayUntilMs = this.#parts.now() + awayMs;
      const stale = this.#stale(id);
      if (stale !== undefined) return stale;
      throw asUnavailable(id, thrown);
    }
  }

  changed(id: string): void {
    this.#routes.delete(id);
    this.#unknown.delete(id);
    this.#reads.delete(id);
  }

  reset(): void {
    this.#awayUntilMs = Number.NEGATIVE_INFINITY;
    this.#routes.clear();
    this.#unknown.clear();
    this.#reads.clear();
  }

  close(): void {
    this.#unsubscribe();
    this.reset();
  }

  #age(route: CachedRoute): number {
    return this.#parts.now() - route.readAtMs;
  }

  #stale(id: ProjectId): CachedRoute | undefined {
    const route = this.#routes.get(id);
    return route !== undefined && this.#age(route) < staleMs ? route : undefined;
  }

  #read(id: ProjectId): Promise<CachedRoute> {
    const running = this.#reads.get(id);
    if (running !== undefined) return running;
    if (this.#reads.size >= (this.#parts.maxReads ?? 1_000)) throw tooManyReads();
    const reading = this.#readRow(id).then((route) => {
      if (this.#reads.get(id) === reading) this.#insert(route);
      return route;
    });
    this.#reads.set(id, reading);
    const forget = () => {
      if (this.#reads.get(id) === reading) this.#reads.delete(id);
    };
    reading.then(forget, forget);
    return reading;
  }

  async #readRow(id: ProjectId): Promise<CachedRoute> {
    const beganAtMs = this.#parts.now();
    return cachedRoute(id, await this.#parts.source.read(id), beganAtMs, this.#parts.replay);
  }

  #insert(route: CachedRoute): void {
    this.#awayUntilMs = Number.NEGATIVE_INFINITY;
    this.#routes.delete(route.id);
    this.#unknown.delete(route.id);
    (route.view === undefined ? this.#unknown : this.#routes).set(route.id, route);
  }
}

function tooManyReads(): ValetError {
  return new ValetError('overloaded', 'Too many projects are being looked up at once.', { retryAfterSecs: 1 });
}

function asUnavailable(id: ProjectId, thrown: unknown): ValetError {
  if (thrown instanceof ValetError && thrown.retryAfterSecs !== undefined) return thrown;
  return new ValetError('database_unavailable', `Project ${id} cannot be looked up: the database does not answer.`, {
    hint: 'Try again shortly.',
    retryAfterSecs: 5,
    cause: thrown,
  });
}
