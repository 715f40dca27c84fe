import type { MachineRow, WholeMachine } from '../database/machines.js';
import type { PoolBreakerTable } from '../database/pool-breakers.js';
import { asError } from '../errors.js';
import { nextRegion } from './elsewhere.js';
import { isPlacesFault } from './places-fault.js';
import type { Provisioner } from './provision.js';

export interface PlacementParts {
  readonly provisioner: Pick<Provisioner, 'provision'>;
  readonly breakers: Pick<PoolBreakerTable, 'failed' | 'succeeded'>;
  /** Where machines may be, in the order of preference. */
  readonly regions: readonly string[];
  readonly image: string;
}

export interface PlacementOrder<T> {
  /** The row of the first attempt. */
  readonly row: MachineRow;
  /** A row for another attempt, and why it is made; undefined: there is no longer a need. */
  readonly another: (region: string, why: string) => Promise<MachineRow | undefined>;
  /** Makes the machine what it is to become, while its provisioning is still ours. */
  readonly finish: (machine: WholeMachine, signal: AbortSignal) => Promise<T>;
  readonly actor: string;
}

/**
 * Makes a machine, elsewhere if Fly has no room where it was wished for. Each attempt has a row of its own, and each
 * tells the breaker of its region how it ended.
 */
export class Placement {
  readonly #parts: PlacementParts;

  constructor(parts: PlacementParts) {
    this.#parts = parts;
  }

  async place<T>({ row, another, finish, actor }: PlacementOrder<T>, signal?: AbortSignal): Promise<T> {
    const tried: string[] = [];
    for (let attempt: MachineRow = row; ; ) {
      tried.push(attempt.region);
      try {
        const done = await this.#parts.provisioner.provision(attempt, finish, signal);
        await this.#count(attempt.region, actor, null);
        return done;
      } catch (error) {
        if (signal?.aborted) throw error;
        const why = asError(error).message;
        if (isPlacesFault(error)) await this.#count(attempt.region, actor, why);
        const region = nextRegion(error, tried, this.#parts.regions);
        const next = region && (await another(region, `no room in ${attempt.region}: ${why}`));
        if (!next) throw error;
        attempt = next;
      }
    }
  }

  /** How the attempt ended stands without it: what the breaker did not learn now, it learns from the next. */
  async #count(region: string, actor: string, error: string | null): Promise<void> {
    const { breakers, image } = this.#parts;
    const place = { region, image };
    const counted = error === null ? breakers.succeeded(place, actor) : breakers.failed(place, actor, error);
    await counted.catch(() => undefined);
  }
}
