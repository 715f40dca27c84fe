import type { Logger } from 'pino';
import { within } from '../sdk/routing/deadline.js';
import type { BackgroundTask, TaskLocks } from '../sdk/upkeep/task.js';
import { Loop } from './loop.js';

export interface LoopsParts {
  readonly tasks: readonly BackgroundTask[];
  readonly locks: TaskLocks;
  readonly log: Logger;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** All background work of one instance. */
export class Loops {
  readonly #loops: readonly Loop[];
  readonly #log: Logger;

  constructor({ tasks, locks, log, now = () => performance.now(), random = Math.random }: LoopsParts) {
    this.#loops = tasks.map((task) => new Loop({ task, locks, log, now, random }));
    this.#log = log;
  }

  /** In the order of the tasks. */
  get all(): readonly Pick<Loop, 'name' | 'lock' | 'stuck' | 'runningMs' | 'nextInMs' | 'history'>[] {
    return this.#loops;
  }

  /** Names of tasks whose run neither ended nor heeded its abort. */
  get stuck(): readonly string[] {
    return this.#loops.filter((loop) => loop.stuck).map((loop) => loop.name);
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  /** Aborts everything under way and waits for it, up to the limit. */
  async stop(limitMs: number): Promise<void> {
    const stopped = Promise.all(this.#loops.map((loop) => loop.stop())).then(() => undefined);
    const late = new Error(`Background work did not end within ${limitMs} ms; its locks end with the process.`);
    await within(stopped, limitMs, () => late).catch((err: unknown) => this.#log.error({ err }, 'loops not stopped'));
  }
}
