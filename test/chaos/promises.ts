import type { ProjectName } from './actions.js';

/** What users were told, and so may rely on. */
export class Promises {
  /** Projects whose creation was answered, or that have answered a request. */
  readonly created = new Set<ProjectName>();
  /** Projects that somebody asked to have deleted: whether it was done is not always answered. */
  readonly maybeDeleted = new Set<ProjectName>();
  readonly #written = new Map<ProjectName, Set<string>>();
  #keys = 0;

  newKey(): string {
    this.#keys += 1;
    return `key-${this.#keys}`;
  }

  acknowledge(project: ProjectName, key: string): void {
    this.created.add(project);
    this.#written.set(project, this.written(project).add(key));
  }

  /** Keys whose writing was acknowledged by now. */
  written(project: ProjectName): Set<string> {
    return new Set(this.#written.get(project));
  }
}
