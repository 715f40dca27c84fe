import { Clock } from '../../clock.js';
import type { Route } from '../api/router.js';
import type { MachineRegistry } from '../machines/registry.js';
import type { Volumes } from '../volumes/volumes.js';

/** What calls are answered from. */
export interface World {
  readonly routes: readonly Route[];
}

/** What there is in a world. */
export interface Things {
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly clock: Clock;
}

/** Other worlds than the real one, for calls that are not to see it. Only reading calls are led there. */
export class Worlds {
  readonly #things: Things;
  readonly #routesOver: (things: Things) => readonly Route[];

  constructor(things: Things, routesOver: (things: Things) => readonly Route[]) {
    this.#things = things;
    this.#routesOver = routesOver;
  }

  /** Whatever happens later. */
  asOfNow(): World {
    const clock = Clock.heldAt(this.#things.clock.nowMs());
    return this.#world({ clock, ...this.#having(() => true, clock) });
  }

  /** All but these machines and volumes. */
  without(ids: ReadonlySet<string>): World {
    return this.#world(this.#having((id) => !ids.has(id), this.#things.clock));
  }

  #having(isThere: (id: string) => boolean, clock: Clock): Pick<Things, 'registry' | 'volumes'> {
    const { registry, volumes } = this.#things;
    return { registry: registry.still(isThere, clock), volumes: volumes.still(isThere, clock) };
  }

  #world(changes: Partial<Things>): World {
    return { routes: this.#routesOver({ ...this.#things, ...changes }) };
  }
}
