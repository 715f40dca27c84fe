import type { HostedApp } from '../machine-host.js';
import { refusals } from '../refusal.js';

export interface App extends HostedApp {
  readonly createdAtMs: number;
}

/** Names are global, as on Fly: one name, one app, whatever its organisation. */
export class Apps {
  readonly #apps = new Map<string, App>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes a name that is free; `find` tells. */
  add(app: HostedApp): App {
    const added = { ...app, createdAtMs: this.#nowMs() };
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

  remove(name: string): void {
    this.#apps.delete(name);
  }
}
