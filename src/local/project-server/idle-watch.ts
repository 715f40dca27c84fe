import { type IdleSight, idleDecision } from './idle-decision.js';
import type { SuspendAnswer } from './own-machine.js';

/** What the watch cannot know by itself. */
export type ServerSight = Pick<IdleSight, 'configured' | 'quiesced' | 'openConnections' | 'openCalls' | 'unreported'>;

export interface IdleWatchParts {
  readonly afterSecs: number;
  readonly look: () => ServerSight;
  readonly report: () => void;
  readonly suspend: (signal: AbortSignal) => Promise<SuspendAnswer>;
  /** Hears of the first refusal in a row. */
  readonly onLog: (line: string) => void;
}

const maxLookEveryMs = 1_000;
/** A look that is later than this shows that the process did not run; a little late it may be on a busy computer. */
const maxDelayMs = 1_000;
const answerTimeoutMs = 10_000;

/**
 * Puts the machine to sleep when nobody has used it for a while. It looks often and at little, so that it notices when
 * the process stood still in between: a machine that has just been woken is not to fall asleep again before whoever woke
 * it has spoken.
 */
export class IdleWatch {
  readonly #parts: IdleWatchParts;
  readonly #everyMs: number;
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #seen = now();
  #quietSince = now();
  #refusals = 0;
  #asked: Promise<void> | undefined;

  constructor(parts: IdleWatchParts) {
    this.#parts = parts;
    this.#everyMs = Math.min(maxLookEveryMs, (parts.afterSecs * 1000) / 4);
    this.#timer = setInterval(() => this.#look(), this.#everyMs).unref();
  }

  /** The project was used, or its machine was told something. */
  disturbed(): void {
    this.#quietSince = now();
    this.#refusals = 0;
  }

  /** Resolves at once, or when a wish to sleep that is on its way was answered: awake again, or refused. */
  get answered(): Promise<void> {
    return this.#asked ?? Promise.resolve();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  #look(): void {
    const decision = idleDecision(this.#sight(), this.#parts.afterSecs * 1000);
    if (decision === 'begin_anew') this.#quietSince = now();
    if (decision === 'report') this.#parts.report();
    if (decision === 'suspend') {
      this.#asked = this.#suspend().finally(() => {
        this.#asked = undefined;
      });
    }
  }

  #sight(): IdleSight {
    const sinceLastLook = elapsedMs(this.#seen);
    this.#seen = now();
    return {
      ...this.#parts.look(),
      stoodStill: sinceLastLook > this.#everyMs + maxDelayMs,
      asking: this.#asked !== undefined,
      quietMs: elapsedMs(this.#quietSince),
      refusals: this.#refusals,
    };
  }

  /** Whatever comes of it, the quiet time begins anew: the machine has slept, or it is not to be asked again at once. */
  async #suspend(): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(answerTimeoutMs)]);
    const answer = await this.#parts.suspend(signal);
    this.#quietSince = now();
    if (answer.kind !== 'refused') return;
    this.#refusals += 1;
    if (this.#refusals === 1) this.#parts.onLog(`The machine could not suspend itself: ${answer.why}.`);
  }
}

interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

function now(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** By the clock that went further: which of the two stands still while a machine is suspended is not told. */
function elapsedMs(since: Moment): number {
  return Math.max(performance.now() - since.monotonicMs, Date.now() - since.wallMs);
}
