import type { Clock } from '../../clock.js';
import { refusals } from '../refusal.js';
import { isDeleted, isGone, type Volume } from './volume.js';

/** The volumes that are there, deleted ones among them until they are gone. */
export class VolumeRecords {
  readonly #volumes = new Map<string, Volume>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): readonly Volume[] {
    const nowMs = this.#clock.nowMs();
    for (const volume of this.#volumes.values()) if (isGone(volume, nowMs)) this.#volumes.delete(volume.id);
    return [...this.#volumes.values()];
  }

  find(id: string): Volume | undefined {
    const volume = this.#volumes.get(id);
    return volume !== undefined && isGone(volume, this.#clock.nowMs()) ? undefined : volume;
  }

  /** @throws FlyRefusal 404 */
  get(app: string, id: string): Volume {
    const volume = this.find(id);
    if (volume?.app !== app) throw refusals.notFound('volume');
    return volume;
  }

  /** One that was not deleted. @throws FlyRefusal 404 */
  living(app: string, id: string): Volume {
    const volume = this.get(app, id);
    if (isDeleted(volume)) throw refusals.notFound('volume');
    return volume;
  }

  add(volume: Volume): Volume {
    this.#volumes.set(volume.id, volume);
    return volume;
  }

  /** As it is afterwards; the change bears the time of now. */
  change(volume: Volume, change: Partial<Volume>): Volume {
    return this.add({ ...volume, ...change, changedAtMs: this.#clock.nowMs() });
  }
}
