import type { ProjectId } from '../projects/project-id.js';
import { type CachedRoute, cachedRoute } from './cached-route.js';
import type { RoutingCounts } from './counts.js';
import type { RouteSource } from './ports.js';
import { ReadBatch } from './read-batch.js';
import type { ReplaySettings } from './replay-header.js';

export interface RouteReadsParts {
  readonly source: RouteSource;
  readonly replay: ReplaySettings;
  readonly counts: RoutingCounts;
  readonly now: () => number;
  /** Ids that may wait to be read. */
  readonly maxReads?: number;
  /** Told of each route that was read, unless there was news about it meanwhile. */
  readonly insert: (route: CachedRoute) => void;
}

/** Few statements at once, so that under load each carries more. */
const limits = { maxIds: 500, maxStatements: 2, maxWaiting: 10_000 };

/** Emptied when it is over: V8 keeps what a busy Map held for long after it was deleted. */
interface Reading {
  route: Promise<CachedRoute> | undefined;
}

/** The reads under way, one per id. */
export class RouteReads {
  readonly #parts: RouteReadsParts;
  readonly #batch: ReadBatch;
  /** News about an id takes its read out of here, and a read that is not here may not insert. */
  readonly #running = new Map<string, Reading>();

  constructor(parts: RouteReadsParts) {
    const { source, counts, maxReads = limits.maxWaiting } = parts;
    this.#parts = parts;
    this.#batch = new ReadBatch({ source, counts, ...limits, maxWaiting: maxReads });
  }

  /** @throws ValetError `overloaded` */
  read(id: ProjectId): Promise<CachedRoute> {
    return this.#running.get(id)?.route ?? this.#begin(id);
  }

  /** Ids that are being read or wait for it. */
  get size(): number {
    return this.#running.size;
  }

  drop(id: string): void {
    this.#running.delete(id);
  }

  dropAll(): void {
    this.#running.clear();
  }

  #begin(id: ProjectId): Promise<CachedRoute> {
    const { now, replay, insert } = this.#parts;
    const beganAtMs = now();
    const reading: Reading = { route: undefined };
    const route = this.#batch.read(id).then(
      (view) => {
        const read = cachedRoute(id, view, beganAtMs, replay);
        if (this.#isOver(id, reading)) insert(read);
        return read;
      },
      (thrown: unknown) => {
        this.#isOver(id, reading);
        throw thrown;
      },
    );
    reading.route = route;
    this.#running.set(id, reading);
    return route;
  }

  /** Whether the read was still wanted, which it is not after news about its id. */
  #isOver(id: ProjectId, reading: Reading): boolean {
    reading.route = undefined;
    return this.#running.get(id) === reading && this.#running.delete(id);
  }
}
