import type { Listings } from '../database/listings.js';
import { idCursor } from '../page-cursor.js';
import { parsed } from '../parsed.js';
import { type ListMachines, listMachinesSchema, type MachinePage } from '../resources.js';
import type { CallOptions } from '../valet.js';
import { shownMachine } from './shown.js';

/** The machines that we own, or owned, listed directly. */
export class DirectMachines {
  readonly #listings: Pick<Listings, 'machines'>;
  readonly #environment: string;

  constructor(listings: Pick<Listings, 'machines'>, environment: string) {
    this.#listings = listings;
    this.#environment = environment;
  }

  async list(filter: ListMachines = {}, _options?: CallOptions): Promise<MachinePage> {
    const wish = parsed(listMachinesSchema, filter);
    const rows = await this.#listings.machines(this.#environment, {
      ...wish,
      cursor: idCursor(wish.cursor),
      limit: wish.limit + 1,
    });
    const machines = rows.slice(0, wish.limit).map(shownMachine);
    return { machines, next_cursor: rows.length > wish.limit ? (machines.at(-1)?.id ?? null) : null };
  }
}
