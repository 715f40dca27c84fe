import type { Suspicion } from '../database/sightings.js';
import type { FlyClient } from '../fly/client.js';
import type { FlyVolume } from '../fly/wire.js';
import { isQuiet, isResting } from './orphan-verdict.js';

export interface OrphanLookParts {
  readonly fly: Pick<FlyClient, 'getMachine' | 'getVolume' | 'getApp'>;
  readonly isGone: (error: unknown) => boolean;
  readonly isVolumeGone: (volume: Pick<FlyVolume, 'state'>) => boolean;
}

type Named = Pick<Suspicion, 'fly_id' | 'kind'>;
type Sight = 'there' | 'unsettled' | 'gone';

const timeoutMs = 10_000;

/** Asks Fly about one thing by its id: a list may be stale, empty, or of a moment that has passed. */
export class OrphanLook {
  readonly #parts: OrphanLookParts;

  constructor(parts: OrphanLookParts) {
    this.#parts = parts;
  }

  /** At rest, and used by no machine. */
  async isThere(named: Named, signal: AbortSignal): Promise<boolean> {
    return (await this.#sight(named, signal)) === 'there';
  }

  /** Denied by its id, while the app itself answers. */
  async isGone(named: Named, signal: AbortSignal): Promise<boolean> {
    if ((await this.#sight(named, signal)) !== 'gone') return false;
    await this.#parts.fly.getApp({ timeoutMs, signal });
    return true;
  }

  async #sight({ fly_id, kind }: Named, signal: AbortSignal): Promise<Sight> {
    const { fly, isGone } = this.#parts;
    try {
      if (kind === 'volume') return this.#ofVolume(await fly.getVolume(fly_id, { timeoutMs, signal }));
      const machine = await fly.getMachine(fly_id, { timeoutMs, signal });
      if (machine.state === 'destroyed') return 'gone';
      return isResting(machine) ? 'there' : 'unsettled';
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  }

  #ofVolume(volume: FlyVolume): Sight {
    if (this.#parts.isVolumeGone(volume)) return 'gone';
    return isQuiet(volume) && volume.attached_machine_id === null ? 'there' : 'unsettled';
  }
}
