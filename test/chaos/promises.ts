import type { Queryable } from '../../src/sdk/database/database.js';
import type { ProjectName } from './actions.js';
import { required, turnsOf, type Write } from './lineage.js';

/** What must be there now; and how often an operator has chosen the archive so far. */
export interface Expected {
  readonly keys: ReadonlySet<string>;
  readonly choices: number;
}

/** What users were told, and so may rely on. */
export class Promises {
  /** Projects whose creation was answered, or that have answered a request. */
  readonly created = new Set<ProjectName>();
  /** Projects whose deletion was asked for: from then on they may be gone. */
  readonly deletionAsked = new Set<ProjectName>();
  /** Projects whose deletion was answered: they are gone for ever. */
  readonly deleted = new Set<ProjectName>();
  readonly #db: Queryable;
  readonly #writes = new Map<ProjectName, readonly Write[]>();
  #keys = 0;

  constructor(db: Queryable) {
    this.#db = db;
  }

  newKey(): string {
    this.#keys += 1;
    return `key-${this.#keys}`;
  }

  /** Notes a write that is answered with success, and when it was. */
  async writing(project: ProjectName, key: string, write: () => Promise<boolean>): Promise<boolean> {
    const begunAfter = await this.#lastTurn(project);
    if (!(await write())) return false;
    const answeredAfter = await this.#lastTurn(project);
    this.created.add(project);
    this.#writes.set(project, [...this.#writesOf(project), { key, begunAfter, answeredAfter }]);
    return true;
  }

  async expected(project: ProjectName): Promise<Expected> {
    const writes = this.#writesOf(project);
    const turns = await turnsOf(this.#db, project);
    const choices = turns.filter(({ what }) => what === 'archive_chosen').length;
    return { keys: required(turns, writes), choices };
  }

  #writesOf(project: ProjectName): readonly Write[] {
    return this.#writes.get(project) ?? [];
  }

  async #lastTurn(project: ProjectName): Promise<number> {
    return (await turnsOf(this.#db, project)).at(-1)?.id ?? 0;
  }
}
