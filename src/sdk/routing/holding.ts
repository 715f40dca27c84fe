import { ValetError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import { untilAborted, within } from './deadline.js';
import { Holds } from './holds.js';
import { type Refusal, refuse } from './outcome.js';
import type { ProjectView, Waker } from './ports.js';

export interface HoldingParts {
  readonly waker: Waker;
  readonly wakeTimeoutMs: number;
  readonly maxHeld: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Those who find no place are spread over so long, so that they do not all come back at once. */
const minRetrySecs = 2;
const maxRetrySecs = 10;
/** The waker keeps the bound; this is for one that does not. */
const wakeGraceMs = 1_000;

/**
 * Requests that wait for their project. Those of one project are answered in the order they came; a request that finds
 * all places taken is refused, whoever waits keeps theirs.
 */
export class Holding {
  readonly #parts: HoldingParts;
  readonly #holds: Holds;

  constructor(parts: HoldingParts) {
    this.#parts = parts;
    this.#holds = new Holds(parts.maxHeld);
  }

  get held(): number {
    return this.#holds.held;
  }

  /**
   * Waits until the project is active. The place is free as soon as the signal aborts.
   *
   * @throws what the waker throws, and the signal's reason
   */
  async untilAwake(id: ProjectId, signal: AbortSignal): Promise<ProjectView | Refusal> {
    using place = this.#holds.take();
    if (place === undefined) return this.#full(id);
    const timeoutMs = this.#parts.wakeTimeoutMs;
    const waking = this.#parts.waker.awake(id, { signal, timeoutMs });
    return await untilAborted(
      within(waking, timeoutMs + wakeGraceMs, () => tooLate(id)),
      signal,
    );
  }

  #full(id: ProjectId): Refusal {
    const spread = Math.floor(this.#parts.random() * (maxRetrySecs - minRetrySecs + 1));
    return refuse('overloaded', `Too many requests are waiting; project ${id} has to wait.`, minRetrySecs + spread);
  }
}

function tooLate(id: ProjectId): ValetError {
  return new ValetError('wake_timeout', `Project ${id} is not awake yet.`, { retryAfterSecs: 2 });
}
