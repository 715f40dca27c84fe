import { asError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import { untilAborted, within } from './deadline.js';
import { type Refusal, refuse } from './outcome.js';
import type { MachineFinding, Waker } from './ports.js';
import { Spaced } from './spaced.js';

export interface ReturnedParts {
  readonly observe: (id: ProjectId, signal: AbortSignal) => Promise<MachineFinding>;
  readonly waker: Pick<Waker, 'awake'>;
  readonly wakeTimeoutMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly report: (error: Error) => void;
}

/** The header that says a request came back can be forged: so often, and so many at once, is all that it can cause. */
const everyMs = 10_000;
const maxRemembered = 10_000;
const maxLooksAtOnce = 5;
const maxWakesAtOnce = 20;
/** A stopped machine is started on the way. */
const lookTimeoutMs = 60_000;
/** The answer waits only so long for what the look finds: the person is to see a page. */
const answerWithinMs = 1_000;

/** Requests that came back from their machine: each is told when to try again, and what is broken gets repaired. */
export class Returned {
  readonly #parts: ReturnedParts;
  readonly #looks: Spaced<MachineFinding | undefined>;
  readonly #wakes: Spaced<void>;
  readonly #closing = new AbortController();

  constructor(parts: ReturnedParts) {
    this.#parts = parts;
    const options = { everyMs, maxRemembered, now: parts.now };
    this.#looks = new Spaced({ ...options, maxAtOnce: maxLooksAtOnce });
    this.#wakes = new Spaced({ ...options, maxAtOnce: maxWakesAtOnce });
  }

  /** Has the machine looked at. Rejects only when the signal aborts. */
  async observe(id: ProjectId, signal: AbortSignal): Promise<Refusal> {
    const look = this.#looks.begin(id, () => this.#look(id));
    const found = within(look ?? Promise.resolve(undefined), answerWithinMs, () => new Error('Still looking.'));
    const finding = await untilAborted(
      found.catch(() => undefined),
      signal,
    );
    return answerTo(id, finding);
  }

  /** Has the project woken if it sleeps, and does not wait for that. */
  rouse(id: ProjectId): void {
    this.#wakes.begin(id, () => this.#wake(id));
  }

  close(): void {
    this.#closing.abort();
  }

  async #look(id: ProjectId): Promise<MachineFinding | undefined> {
    try {
      return await this.#parts.observe(id, AbortSignal.any([this.#closing.signal, AbortSignal.timeout(lookTimeoutMs)]));
    } catch (thrown) {
      if (!this.#closing.signal.aborted) this.#parts.report(asError(thrown));
      return undefined;
    }
  }

  /** Whoever comes next waits for the same wake and is told how it ended. */
  async #wake(id: ProjectId): Promise<void> {
    const { waker, wakeTimeoutMs } = this.#parts;
    const options = { signal: this.#closing.signal, timeoutMs: wakeTimeoutMs };
    await waker.awake(id, options).then(
      () => undefined,
      () => undefined,
    );
  }
}

/** What the person is told. Undefined: nothing is known yet. */
export function answerTo(id: ProjectId, finding: MachineFinding | undefined): Refusal {
  switch (finding?.kind) {
    case 'lost':
      return refuse('project_lost', `Project ${id} is lost: ${finding.why}.`);
    case 'missing':
      return refuse('machine_unreachable', `Fly does not know the machine of project ${id}. That is being proven.`, 15);
    case 'rebuilding':
      return refuse('machine_unreachable', `Project ${id} is being put on a new machine.`, 3);
    case 'started':
      return refuse('machine_unreachable', `The machine of project ${id} had stopped and was started.`, 1);
    default:
      return refuse('machine_unreachable', `The machine of project ${id} did not take the request.`, 5);
  }
}
