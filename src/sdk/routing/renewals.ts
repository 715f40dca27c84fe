import type { CachedRoute } from './cached-route.js';
import type { RoutingCounts } from './counts.js';
import type { RouteSource } from './ports.js';

export interface RenewalsParts {
  readonly source: Pick<RouteSource, 'moved'>;
  readonly counts: RoutingCounts;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Told of a route whose project is no longer where it says. */
  readonly outdated: (route: CachedRoute) => void;
  /** Told whether the database answered. */
  readonly answered: (isThere: boolean) => void;
}

/** Nobody waits for a renewal: it may gather. */
const gatherMs = 50;
const maxIds = 1_000;
const maxWaiting = 50_000;

/**
 * Routes in use outlive their time if their projects are still active in the epoch that was read: a project whose
 * machine has changed has another epoch. To ask that of many at once, and to hear only of those that have moved on, costs
 * a tenth of reading them.
 */
export class Renewals {
  readonly #parts: RenewalsParts;
  #waiting: CachedRoute[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(parts: RenewalsParts) {
    this.#parts = parts;
  }

  /** Asks for it soon, once; the route at hand serves until then. Without room it runs out and is read like any other. */
  add(route: CachedRoute): void {
    if (route.isRenewing || this.#waiting.length >= maxWaiting) return;
    route.isRenewing = true;
    this.#waiting.push(route);
    this.#gather();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #gather(): void {
    if (this.#isAsking || this.#timer !== undefined || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => void this.#ask(), gatherMs).unref();
  }

  /** Never rejects: what is not renewed runs out. */
  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#isAsking = true;
    const asked = this.#waiting.slice(0, maxIds);
    this.#waiting = this.#waiting.slice(maxIds);
    const askedAtMs = Math.floor(this.#parts.now());
    try {
      this.#conclude(asked, new Set(await this.#moved(asked)), askedAtMs);
      this.#parts.answered(true);
    } catch {
      this.#parts.answered(false);
    }
    for (const route of asked) route.isRenewing = false;
    this.#isAsking = false;
    this.#gather();
  }

  #moved(asked: readonly CachedRoute[]): Promise<readonly string[]> {
    const { source, counts } = this.#parts;
    counts.reads.statements += 1;
    counts.reads.ids += asked.length;
    return source.moved(asked.map(({ id, view }) => ({ id, epoch: view?.epoch ?? 0 })));
  }

  #conclude(asked: readonly CachedRoute[], moved: ReadonlySet<string>, askedAtMs: number): void {
    for (const route of asked) {
      if (moved.has(route.id)) this.#parts.outdated(route);
      else route.readAtMs = askedAtMs;
    }
  }
}
