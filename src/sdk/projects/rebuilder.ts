import pLimit, { type LimitFunction } from 'p-limit';
import type { GoneMachine } from '../database/observing.js';
import { asError, codeOf } from '../errors.js';
import type { Running } from '../running.js';
import type { RebuildJourney } from './rebuild.js';

export interface RebuilderParts {
  readonly journey: Pick<RebuildJourney, 'rebuild'>;
  /** Aborts the rebuilds of this instance when it closes, which puts their projects back for another. */
  readonly running: Running;
}

/** Fly takes one create a second from an app, and others want machines too. */
const maxConcurrent = 5;
/** Under way or waiting for a place; the others are found again by the next look. */
const maxAccepted = 100;

export interface RebuildFailure {
  readonly id: string;
  readonly reason: string;
}

/** The rebuilds of one instance. They outlast the look that found them necessary. */
export class Rebuilder {
  readonly #parts: RebuilderParts;
  readonly #accepted = new Set<string>();
  readonly #limit: LimitFunction = pLimit(maxConcurrent);
  #failures: RebuildFailure[] = [];

  constructor(parts: RebuilderParts) {
    this.#parts = parts;
  }

  /** Begins only when there is room, since from then on a deadline runs. */
  start(gone: GoneMachine, volumeId: string): void {
    const id = gone.project_id;
    if (this.#accepted.has(id) || this.#accepted.size >= maxAccepted) return;
    this.#accepted.add(id);
    this.#parts.running
      .start((signal) => this.#limit(() => this.#parts.journey.rebuild(gone, volumeId, signal)))
      .catch((error: unknown) => this.#failed(id, error))
      .finally(() => this.#accepted.delete(id));
  }

  /** What failed since this was asked last, for the log. */
  takeFailures(): readonly RebuildFailure[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  #failed(id: string, error: unknown): void {
    // Taken over by another instance, which tells what becomes of it.
    if (codeOf(error) === 'state_changed' || this.#failures.length >= maxAccepted) return;
    this.#failures.push({ id, reason: asError(error).message });
  }
}
