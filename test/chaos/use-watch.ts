import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '../../src/sdk/database/database.js';
import type { Touches } from './touches.js';

interface Use {
  readonly id: string;
  readonly last_active_at: string;
  /** The last event that says that somebody was or is there. */
  readonly wanted: string | null;
}

/** What a request has noted is written right after it. */
const flushMs = 20;

/** G11: what the system does of itself moves no project's last use. Looked at while no user is there. */
export class UseWatch {
  readonly findings: string[] = [];
  readonly #db: Queryable;
  readonly #touches: Touches;
  #users = 0;
  /** How many users have come so far. */
  #came = 0;

  constructor(db: Queryable, touches: Touches) {
    this.#db = db;
    this.#touches = touches;
  }

  async byUser<T>(work: () => Promise<T>): Promise<T> {
    this.#users += 1;
    this.#came += 1;
    try {
      return await work();
    } finally {
      await sleep(flushMs);
      this.#users -= 1;
    }
  }

  async bySystem<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#users > 0 || this.#touches.open > 0) return work();
    const came = this.#came + this.#touches.begun;
    const before = await this.#uses();
    try {
      return await work();
    } finally {
      const after = await this.#uses();
      if (came === this.#came + this.#touches.begun) this.findings.push(...moved(what, before, after));
    }
  }

  #uses(): Promise<Use[]> {
    return this.#db.query<Use>(
      `select p.id, p.last_active_at::text,
              (select max(e.id)::text from events e
                where e.project_id = p.id and e.what in ('activated', 'serving_again')) as wanted
         from projects p`,
    );
  }
}

function moved(what: string, before: readonly Use[], after: readonly Use[]): string[] {
  return after.flatMap((now) => {
    const then = before.find(({ id }) => id === now.id);
    if (then === undefined || then.wanted !== now.wanted || then.last_active_at === now.last_active_at) return [];
    return [`G11: ${what} moved the last use of project ${now.id}`];
  });
}
