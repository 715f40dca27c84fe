import { ValetError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import type { RoutingCounts } from './counts.js';
import type { ProjectView, RouteSource } from './ports.js';

export interface ReadBatchParts {
  readonly source: Pick<RouteSource, 'readAll'>;
  readonly counts: RoutingCounts;
  readonly maxIds: number;
  readonly maxStatements: number;
  readonly maxWaiting: number;
}

interface Asked {
  readonly id: ProjectId;
  readonly resolve: (view: ProjectView | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Many reads of one row each, as few statements. All that is asked while the statements are under way goes with the next. */
export class ReadBatch {
  readonly #parts: ReadBatchParts;
  #waiting: Asked[] = [];
  #running = 0;
  #gathering = false;

  constructor(parts: ReadBatchParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `overloaded`; rejects with what the statement failed with, for all whose ids are in it */
  read(id: ProjectId): Promise<ProjectView | undefined> {
    if (this.#waiting.length >= this.#parts.maxWaiting) throw tooManyReads();
    const { promise, resolve, reject } = Promise.withResolvers<ProjectView | undefined>();
    this.#waiting.push({ id, resolve, reject });
    this.#gather();
    return promise;
  }

  #gather(): void {
    if (this.#gathering || this.#running >= this.#parts.maxStatements) return;
    this.#gathering = true;
    setImmediate(() => this.#send());
  }

  #send(): void {
    const { maxIds, maxStatements } = this.#parts;
    this.#gathering = false;
    while (this.#waiting.length > 0 && this.#running < maxStatements) {
      const asked = this.#waiting.length <= maxIds ? this.#waiting : this.#waiting.slice(0, maxIds);
      this.#waiting = this.#waiting.length <= maxIds ? [] : this.#waiting.slice(maxIds);
      this.#running += 1;
      void this.#readAll(asked);
    }
  }

  /** Never rejects: each failure goes to those who asked. */
  async #readAll(asked: readonly Asked[]): Promise<void> {
    const { source, counts } = this.#parts;
    counts.reads.statements += 1;
    counts.reads.ids += asked.length;
    try {
      const views = await source.readAll(asked.map(({ id }) => id));
      const byId = new Map(views.map((view) => [view.id, view]));
      for (const { id, resolve } of asked) resolve(byId.get(id));
    } catch (thrown) {
      for (const { reject } of asked) reject(thrown);
    }
    this.#running -= 1;
    if (this.#waiting.length > 0) this.#gather();
  }
}

function tooManyReads(): ValetError {
  return new ValetError('overloaded', 'Too many projects are being looked up at once.', { retryAfterSecs: 1 });
}
