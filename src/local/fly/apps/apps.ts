import { newAppId } from '../ids.js';
import type { HostedApp } from '../machine-host.js';
import { refusals } from '../refusal.js';

export interface App extends HostedApp {
  /** 16 characters; nothing is called by it. */
  readonly id: string;
  readonly number: number;
  readonly createdAtMs: number;
}

/** Names are global, as on Fly: one name, one app, whatever its organisation. */
export class Apps {
  readonly #apps = new Map<string, App>();
  readonly #nowMs: () => number;
  #count = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes a name that is free; `find` tells. */
  add(app: HostedApp): App {
    this.#count += 1;
    const added = { ...app, id: newAppId(), number: this.#count, createdAtMs: this.#nowMs() };
    this.#apps.set(app.name, added);
    return added;
  }

  find(name: string): App | undefined {
    return this.#apps.get(name);
  }

  /** @throws FlyRefusal 404 */
  get(name: string): App {
    const app = this.#apps.get(name);
    if (app === undefined) throw refusals.notFound('app');
    return app;
  }

  list(org: string): readonly App[] {
    return [...this.#apps.values()].filter((app) => app.org === org);
  }

  /** Whether both are there and of one organisation. */
  areSiblings(one: string, other: string): boolean {
    const org = this.#apps.get(one)?.org;
    return org !== undefined && org === this.#apps.get(other)?.org;
  }

  remove(name: string): void {
    this.#apps.delete(name);
  }
}
