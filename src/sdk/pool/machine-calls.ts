import type { Listings } from '../database/listings.js';
import { idCursor } from '../page-cursor.js';
import { allMachines } from '../pages.js';
import { parsed } from '../parsed.js';
import { type ListMachines, listMachinesSchema, type Machine, type MachinePage } from '../resources.js';
import { asking } from '../running.js';
import type { AllMachines, AllOptions, CallOptions, MachineCalls } from '../valet.js';
import { shownMachine } from './shown.js';

/** The machines that we own, or owned, listed directly. */
export class DirectMachines implements MachineCalls {
  readonly #listings: Pick<Listings, 'machines'>;
  readonly #environment: string;

  constructor(listings: Pick<Listings, 'machines'>, environment: string) {
    this.#listings = listings;
    this.#environment = environment;
  }

  async list(filter: ListMachines = {}, options: CallOptions = {}): Promise<MachinePage> {
    const wish = parsed(listMachinesSchema, filter);
    const page = { ...wish, cursor: idCursor(wish.cursor), limit: wish.limit + 1 };
    const rows = await asking(options.signal, () => this.#listings.machines(this.#environment, page));
    const machines = rows.slice(0, wish.limit).map(shownMachine);
    return { machines, next_cursor: rows.length > wish.limit ? (machines.at(-1)?.id ?? null) : null };
  }

  all(filter?: AllMachines, options?: AllOptions): AsyncIterable<Machine> {
    return allMachines(this, filter, options);
  }
}
