import { ValetError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import { BoundedMap } from './bounded-map.js';
import type { CachedRoute } from './cached-route.js';
import type { RoutingCounts } from './counts.js';
import { within } from './deadline.js';
import type { RouteChangeListener, RouteChanges, RouteSource } from './ports.js';
import { Renewals } from './renewals.js';
import type { ReplaySettings } from './replay-header.js';
import { RouteReads } from './route-reads.js';

export interface RouteCacheParts {
  readonly source: RouteSource;
  readonly changes: RouteChanges;
  readonly replay: ReplaySettings;
  readonly counts: RoutingCounts;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly maxEntries?: number;
  /** Ids that may wait to be read. */
  readonly maxReads?: number;
  readonly readTimeoutMs?: number;
}

export const freshMs = 60_000;
/** What is used past this age is renewed: early, so that what is seldom used is too before its time is over. */
const renewAfterMs = 20_000;
/** How long a route outlives the database (G9). */
const staleMs = 300_000;
const unknownMs = 5_000;
const defaultMaxEntries = 200_000;
/** Ids are free to invent, so those that do not exist have a small place of their own. */
const maxUnknown = 1_000;
/** After a failed read, those who have something to go on do not wait for the next failure. */
const awayMs = 1_000;

/** Routes in memory, as true as the news about their rows. */
export class RouteCache implements RouteChangeListener {
  readonly #parts: RouteCacheParts;
  readonly #routes: BoundedMap<string, CachedRoute>;
  readonly #unknown = new BoundedMap<string, CachedRoute>(maxUnknown);
  readonly #reads: RouteReads;
  readonly #renewals: Renewals;
  readonly #unsubscribe: () => void;
  #awayUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: RouteCacheParts) {
    this.#parts = parts;
    this.#routes = new BoundedMap(parts.maxEntries ?? defaultMaxEntries);
    this.#reads = new RouteReads({ ...parts, insert: (route) => this.#insert(route) });
    this.#renewals = new Renewals({
      ...parts,
      outdated: (route) => this.#forget(route),
      answered: (isThere) => this.#noteAway(!isThere),
    });
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
  peek(id: ProjectId, maxAgeMs = freshMs, nowMs = this.#parts.now()): CachedRoute | undefined {
    if (!this.#parts.changes.healthy) return undefined;
    const route = this.#fresh(id, maxAgeMs, nowMs);
    if (route !== undefined) this.#parts.counts.cache.hit += 1;
    return route;
  }

  /** @throws ValetError `database_unavailable` when it cannot be read and nothing under 5 minutes old is known */
  async get(id: ProjectId, maxAgeMs = freshMs): Promise<CachedRoute> {
    const cached = this.peek(id, maxAgeMs);
    if (cached !== undefined) return cached;
    this.#parts.counts.cache.miss += 1;
    if (this.#isAway()) {
      const stale = this.#stale(id);
      if (stale !== undefined) return stale;
    }
    try {
      return await within(this.#reads.read(id), this.#parts.readTimeoutMs ?? 2_000, tookTooLong);
    } catch (thrown) {
      if (isOverload(thrown)) throw thrown;
      this.#noteAway(true);
      const stale = this.#stale(id);
      if (stale !== undefined) return stale;
      throw asUnavailable(id, thrown);
    }
  }

  changed(id: string): void {
    const wasKnown = this.#routes.delete(id);
    if (this.#unknown.delete(id) || wasKnown) this.#parts.counts.cache.dropped += 1;
    this.#reads.drop(id);
  }

  reset(): void {
    this.#parts.counts.cache.dropped += this.#routes.size + this.#unknown.size;
    this.#awayUntilMs = Number.NEGATIVE_INFINITY;
    this.#routes.clear();
    this.#unknown.clear();
    this.#reads.dropAll();
  }

  close(): void {
    this.#unsubscribe();
    this.#renewals.close();
    this.reset();
  }

  #fresh(id: ProjectId, maxAgeMs: number, nowMs: number): CachedRoute | undefined {
    const route = this.#routes.get(id);
    if (route === undefined) {
      const unknown = this.#unknown.get(id);
      return unknown !== undefined && nowMs - unknown.readAtMs < Math.min(unknownMs, maxAgeMs) ? unknown : undefined;
    }
    const ageMs = nowMs - route.readAtMs;
    if (ageMs >= renewAfterMs && ageMs < freshMs) this.#renew(route);
    return ageMs < maxAgeMs ? route : undefined;
  }

  /** The database does not answer: serve what is known rather than wait for the next failure (G9). */
  #isAway(): boolean {
    return this.#parts.now() < this.#awayUntilMs;
  }

  #stale(id: ProjectId): CachedRoute | undefined {
    const route = this.#routes.get(id);
    if (route === undefined || this.#parts.now() - route.readAtMs >= staleMs) return undefined;
    this.#parts.counts.cache.stale += 1;
    return route;
  }

  /** What has no machine may become anything: that is read. While the database is away nobody asks it for more. */
  #renew(route: CachedRoute): void {
    if (route.replay !== undefined && !this.#isAway()) this.#renewals.add(route);
  }

  #noteAway(isAway: boolean): void {
    this.#awayUntilMs = isAway ? this.#parts.now() + awayMs : Number.NEGATIVE_INFINITY;
  }

  /** Unless another one has taken its place. */
  #forget(route: CachedRoute): void {
    if (this.#routes.get(route.id) !== route) return;
    this.#routes.delete(route.id);
    this.#parts.counts.cache.dropped += 1;
  }

  #insert(route: CachedRoute): void {
    this.#noteAway(false);
    const [own, other] = route.view === undefined ? [this.#unknown, this.#routes] : [this.#routes, this.#unknown];
    other.delete(route.id);
    own.set(route.id, route);
  }
}

function tookTooLong(): Error {
  return new Error('The read took too long.');
}

/** Ours, not the database's: it says nothing about whether that is there. */
function isOverload(thrown: unknown): boolean {
  return thrown instanceof ValetError && thrown.code === 'overloaded';
}

function asUnavailable(id: ProjectId, thrown: unknown): ValetError {
  if (thrown instanceof ValetError && thrown.retryAfterSecs !== undefined) return thrown;
  return new ValetError('database_unavailable', `Project ${id} cannot be looked up: the database does not answer.`, {
    hint: 'Try again shortly.',
    retryAfterSecs: 5,
    cause: thrown,
  });
}
