import type { FlyCall } from '../calls.js';
import { type FlyTimings, instantTimings, type Pacing } from '../timings.js';
import { type AnswerSpans, type PaceName, profiles, type TimingSpans } from './profiles.js';
import { drawMs } from './span.js';

export interface PaceOptions {
  readonly profile: PaceName;
  /** Instead of the profile's, until another one is used. */
  readonly timings: Partial<FlyTimings>;
  /** From 0 up to 1; a seeded one makes the same times again. */
  readonly random: () => number;
}

/** How long things take; it may change while the emulator runs, and holds for what begins after that. */
export class Pace implements Pacing {
  readonly #start: PaceOptions;
  #profile: PaceName;
  #spans: TimingSpans;
  #answers: AnswerSpans;

  constructor(options: PaceOptions) {
    this.#start = options;
    this.#profile = options.profile;
    this.#spans = { ...profiles[options.profile].timings, ...options.timings };
    this.#answers = profiles[options.profile].answers;
  }

  get profile(): PaceName {
    return this.#profile;
  }

  /** Drawn anew each time that it is asked for. */
  ms(what: keyof FlyTimings): number {
    return drawMs(this.#spans[what], this.#start.random);
  }

  /** The times and, where they vary, their bounds. */
  get spans(): TimingSpans {
    return this.#spans;
  }

  get answers(): AnswerSpans {
    return this.#answers;
  }

  /** How long this answer takes. */
  answerMs(call: FlyCall): number {
    return drawMs(this.#answers[call] ?? this.#answers['*'] ?? 0, this.#start.random);
  }

  /** All times of that profile, whatever was set before. */
  use(profile: PaceName): void {
    this.#profile = profile;
    this.#spans = profiles[profile].timings;
    this.#answers = profiles[profile].answers;
  }

  /** Some times, the others stay as they are. */
  set(timings: Partial<FlyTimings>): void {
    this.#spans = { ...this.#spans, ...timings };
  }

  /** How long some calls take to be answered, or all the others: `*`. */
  setAnswers(answers: AnswerSpans): void {
    this.#answers = { ...this.#answers, ...answers };
  }

  /** As it was at the start. */
  reset(): void {
    this.use(this.#start.profile);
    this.set(this.#start.timings);
  }
}

export const timingNames: readonly (keyof FlyTimings)[] = Object.keys(instantTimings).filter(
  (name): name is keyof FlyTimings => Object.hasOwn(instantTimings, name),
);
