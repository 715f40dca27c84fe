import type { Logger } from 'pino';
import { asError, codeOf } from '../sdk/errors.js';
import type { BackgroundTask, TaskLocks } from '../sdk/upkeep/task.js';

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
/** A run that does not heed its abort for so long counts as stuck. */
const stuckGraceMs = 15_000;
/** However soon something is due, the loop rests between two passes. */
const minRestMs = 100;
/** What is due may be left to whoever holds the lock, unless it dies: so it is looked at again soon. */
const minRestWhenHeldMs = 1_000;

/** One standing duty: at start, then every period, and whenever there is a reason. Its runs never overlap. */
export class Loop {
  readonly #parts: LoopParts;
  #stopped = false;
  /** Of the run under way. */
  #abort: AbortController | undefined;
  #running: Promise<void> | undefined;
  #beganAtMs: number | undefined;
  #nudged = false;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;
  /** How the last runs failed; undefined while they do not. */
  #trouble: { readonly kind: string; readonly times: number } | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.task.name;
  }

  get stuck(): boolean {
    if (this.#beganAtMs === undefined) return false;
    return this.#parts.now() - this.#beganAtMs > this.#parts.task.deadlineMs + stuckGraceMs;
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
    this.#abort?.abort(new Error('The server is stopping.'));
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #runWhileNudged(): Promise<void> {
    let restMs = this.#periodMs();
    while (this.#nudged && !this.#stopped) {
      this.#nudged = false;
      restMs = (await this.#runOnce()) ?? this.#periodMs();
    }
    this.#running = undefined;
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.nudge(), restMs);
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
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error(`Not done after ${task.deadlineMs} ms.`)), task.deadlineMs);
    this.#abort = abort;
    this.#beganAtMs = now();
    try {
      const outcome = await locks.tryRun(task.lock, (signal) => task.run(signal), abort.signal);
      if (outcome.held) return await this.#restMs(minRestWhenHeldMs);
      this.#succeeded(outcome.result);
      return await this.#restMs(minRestMs);
    } catch (thrown) {
      this.#failed(thrown);
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#beganAtMs = undefined;
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
