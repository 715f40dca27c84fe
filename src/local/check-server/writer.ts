import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isSuccess } from './answer.js';
import type { Trial } from './trial.js';
import { notChecked } from './verdict.js';

/** So that a server that never stops serving ends no run. */
const maxWrites = 500;
const pauseMs = 2;

export const noWritePath = notChecked('No --write-path was given.');

/** A user of the project who writes short texts, each to a path of its own, and remembers which were taken. */
export class Writer {
  readonly #trial: Trial;
  readonly #acknowledged: string[] = [];
  #stopped = false;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Null if it is not known how to write. */
  get acknowledged(): readonly string[] | null {
    return this.#trial.parts.writePath === undefined ? null : this.#acknowledged;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Whether it was taken. */
  async write(): Promise<boolean> {
    const ask = this.#next();
    if (ask === null) return false;
    const answer = await this.#trial.parts.conversation.ask(ask);
    if (!isSuccess(answer)) return false;
    this.#acknowledged.push(ask.body);
    return true;
  }

  async keepWriting(): Promise<void> {
    for (let writes = 0; writes < maxWrites && !this.#stopped; writes++) {
      if (!(await this.write())) return;
      await delay(pauseMs);
    }
  }

  /** A request whose body does not come until it is released. */
  writeSlowly(): { release(): Promise<void> } | null {
    const ask = this.#next();
    if (ask === null) return null;
    const released = new AbortController();
    const answer = this.#trial.parts.conversation.ask({ ...ask, holdBody: released.signal });
    return {
      async release() {
        released.abort();
        await answer;
      },
    };
  }

  #next() {
    const { writePath } = this.#trial.parts;
    if (writePath === undefined) return null;
    const token = `check-${randomBytes(12).toString('hex')}`;
    return { method: 'PUT', path: writePath.replaceAll('{n}', token), body: token };
  }
}
