import type { ProjectId } from '../projects/project-id.js';

export interface SpacedOptions {
  readonly everyMs: number;
  readonly maxAtOnce: number;
  /** Projects remembered at once. While all of them are recent, nothing is begun for others. */
  readonly maxRemembered: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Begun<T> {
  readonly atMs: number;
  readonly work: Promise<T>;
}

/** Work that anybody can ask for, done at most so often per project, and so much of it at once. */
export class Spaced<T> {
  readonly #options: SpacedOptions;
  /** The oldest first. */
  readonly #begun = new Map<ProjectId, Begun<T>>();
  #running = 0;

  constructor(options: SpacedOptions) {
    this.#options = options;
  }

  /** What was begun for this project lately, else what is begun now; undefined if there is no room for it. */
  begin(id: ProjectId, work: () => Promise<T>): Promise<T> | undefined {
    this.#forgetOld();
    const recent = this.#begun.get(id);
    if (recent !== undefined) return recent.work;
    const { maxAtOnce, maxRemembered, now } = this.#options;
    if (this.#running >= maxAtOnce || this.#begun.size >= maxRemembered) return undefined;
    this.#running += 1;
    const working = work().finally(() => {
      this.#running -= 1;
    });
    this.#begun.set(id, { atMs: now(), work: working });
    return working;
  }

  #forgetOld(): void {
    const youngestOldMs = this.#options.now() - this.#options.everyMs;
    for (const [id, { atMs }] of this.#begun) {
      if (atMs > youngestOldMs) return;
      this.#begun.delete(id);
    }
  }
}
