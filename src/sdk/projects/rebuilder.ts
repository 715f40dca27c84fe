import type { GoneMachine } from '../database/observing.js';
import { asError, codeOf } from '../errors.js';
import type { Running } from '../running.js';
import type { RebuildJourney } from './rebuild.js';

export interface RebuilderParts {
  readonly journey: Pick<RebuildJourney, 'begin' | 'run'>;
  /** Aborts the rebuilds of this instance when it closes, which puts their projects back for another. */
  readonly running: Running;
}

/** Fly takes one create a second from an app, and others want machines too. */
const maxConcurrent = 5;
const maxFailures = 100;

export interface RebuildFailure {
  readonly id: string;
  readonly reason: string;
}

/** The rebuilds of one instance. They outlast the look that found them necessary. */
export class Rebuilder {
  readonly #parts: RebuilderParts;
  #underWay = 0;
  #failures: RebuildFailure[] = [];

  constructor(parts: RebuilderParts) {
    this.#parts = parts;
  }

  /**
   * Whether it has begun. Not when there is no room, since from the beginning on a deadline runs: the next look finds it
   * again.
   */
  async start(gone: GoneMachine, volumeId: string): Promise<boolean> {
    const { journey, running } = this.#parts;
    if (this.#underWay >= maxConcurrent || running.signal.aborted) return false;
    this.#underWay++;
    const begun = await journey.begin(gone, volumeId).catch((error: unknown) => {
      this.#underWay--;
      throw error;
    });
    const work = begun ? running.start((signal) => journey.run(begun, signal)) : Promise.resolve();
    void work
      .catch((error: unknown) => this.#failed(gone.project_id, error))
      .finally(() => {
        this.#underWay--;
      });
    return begun !== undefined;
  }

  /** What failed since this was asked last, for the log. */
  takeFailures(): readonly RebuildFailure[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  #failed(id: string, error: unknown): void {
    // Taken over by another instance, which tells what becomes of it.
    if (codeOf(error) === 'state_changed' || this.#failures.length >= maxFailures) return;
    this.#failures.push({ id, reason: asError(error).message });
  }
}
