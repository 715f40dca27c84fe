import type { Logger } from 'pino';
import { asError, codeOf } from '../sdk/errors.js';
import type { RunOutcome } from '../sdk/resources.js';
import type { BackgroundTask, TaskLocks } from '../sdk/upkeep/task.js';
import { LoopHistory, outcomeOf } from './loop-history.js';
import { LoopRun } from './loop-run.js';

export interface LoopParts {
  readonly task: BackgroundTask;
  readonly locks: TaskLocks;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** So much more or less than the period, so that instances started together do not stay in step. */
const jitterShare = 0.1;
/** However soon something is due, the loop rests between two passes. */
const minRestMs = 100;
/** What is due may be left to whoever holds the lock, unless it dies: so it is looked at again soon. */
const minRestWhenHeldMs = 1_000;

/** One standing duty: at start, then every period, and whenever there is a reason. Its runs never overlap. */
export class Loop {
  readonly #parts: LoopParts;
  #stopped = false;
  readonly history: LoopHistory;
  #run: LoopRun | undefined;
  #running: Promise<void> | undefined;
  #nextAtMs: number | undefined;
  #nudged = false;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;
  /** How the last runs failed; undefined while they do not. */
  #trouble: { readonly kind: string; readonly times: number } | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.history = new LoopHistory(parts.now());
  }

  get name(): string {
    return this.#parts.task.name;
  }

  get lock(): number {
    return this.#parts.task.lock;
  }

  /** How long the run under way has lasted; undefined between two runs. */
  get runningMs(): number | undefined {
    return this.#run && this.#parts.now() - this.#run.beganAtMs;
  }

  /** Until the next run, if nothing nudges it before; undefined while one is under way or none will come. */
  get nextInMs(): number | undefined {
    return this.#nextAtMs === undefined ? undefined : Math.max(0, this.#nextAtMs - this.#parts.now());
  }

  /** Its run was to end by its deadline, or when it lost its lock, and has not. */
  get stuck(): boolean {
    return this.#run?.isStuck ?? false;
  }

  start(): void {
    this.#unsubscribe = this.#parts.task.onNudge?.(() => this.nudge());
    this.nudge();
  }

  /** Runs now, or once more after the run under way, however often it is called during that. */
  nudge(): void {
    if (this.#stopped) return;
    this.#nudged = true;
    this.#running ??= this.#runWhileNudged();
  }

  /** Aborts the run under way and resolves when it has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#run?.giveUp(new Error('The server is stopping.'));
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearTimeout(this.#timer);
    this.#nextAtMs = undefined;
    await this.#running;
  }

  async #runWhileNudged(): Promise<void> {
    let restMs = this.#periodMs();
    this.#nextAtMs = undefined;
    while (this.#nudged && !this.#stopped) {
      this.#nudged = false;
      restMs = (await this.#runOnce()) ?? this.#periodMs();
    }
    this.#running = undefined;
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.nudge(), restMs);
    this.#nextAtMs = this.#parts.now() + restMs;
  }

  #periodMs(): number {
    const jitter = 1 + jitterShare * (2 * this.#parts.random() - 1);
    return this.#parts.task.periodMs * jitter;
  }

  /** Undefined: nothing is due before the period ends. */
  async #restMs(minMs: number): Promise<number | undefined> {
    const dueMs = (await this.#parts.task.dueInMs?.()) ?? null;
    return dueMs === null ? undefined : Math.min(Math.max(dueMs, minMs), this.#periodMs());
  }

  /** Answers how long to rest, if the task has a wish. */
  async #runOnce(): Promise<number | undefined> {
    const { task, locks, now } = this.#parts;
    using run = new LoopRun(task, now);
    this.#run = run;
    let outcome: RunOutcome = 'failed';
    try {
      const tried = await locks.tryRun(task.lock, (signal) => run.work(signal), run.signal);
      const restMs = await this.#restMs(tried.held ? minRestWhenHeldMs : minRestMs);
      if (!tried.held) this.#succeeded(tried.result);
      outcome = outcomeOf(tried);
      return restMs;
    } catch (thrown) {
      this.#failed(thrown);
      if (run.isAborted) outcome = 'aborted';
      return undefined;
    } finally {
      this.#run = undefined;
      this.history.ended(outcome, run.beganAtMs, now());
    }
  }

  #succeeded(done: string | null): void {
    const facts = { task: this.name };
    if (this.#trouble !== undefined)
      this.#parts.log.info({ ...facts, failures: this.#trouble.times }, 'task recovered');
    this.#trouble = undefined;
    if (done !== null) this.#parts.log.info({ ...facts, done }, 'task run');
  }

  /** Told when it begins and when it changes its kind; a log that repeats itself is not read. */
  #failed(thrown: unknown): void {
    if (this.#stopped) return;
    const error = asError(thrown);
    const kind = `${codeOf(thrown)} ${error.name}`;
    if (this.#trouble?.kind !== kind) this.#parts.log.error({ task: this.name, err: error }, 'task failing');
    this.#trouble = { kind, times: (this.#trouble?.times ?? 0) + 1 };
  }
}
