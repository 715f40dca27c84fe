import type { GoneMachine, Missed, ObservingTable } from '../database/observing.js';
import { ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { FlyVolume } from '../fly/wire.js';
import { candidateOf } from './observe-decision.js';

export interface VolumeLookParts {
  readonly observing: Pick<ObservingTable, 'volumeMissed' | 'volumeSeen' | 'volumeMigrated'>;
  readonly fly: Pick<FlyClient, 'getVolume' | 'listVolumes' | 'getApp'>;
  readonly isGone: (error: unknown) => boolean;
  readonly isVolumeGone: (volume: Pick<FlyVolume, 'state'>) => boolean;
  readonly actor: string;
}

export type VolumeFinding =
  | { readonly kind: 'there'; readonly volumeId: string }
  | { readonly kind: 'missing'; readonly missed: Missed | undefined };

const lookTimeoutMs = 10_000;

/** What has become of the volume of a machine that is gone. */
export class VolumeLook {
  readonly #parts: VolumeLookParts;

  constructor(parts: VolumeLookParts) {
    this.#parts = parts;
  }

  /** @throws when Fly does not say, or says more than can be believed: then nothing is concluded */
  async look(gone: GoneMachine, signal: AbortSignal): Promise<VolumeFinding> {
    const { observing, fly, actor } = this.#parts;
    if (gone.volume_id !== null && (await this.#isThere(gone.volume_id, signal))) {
      if (gone.volume_missing_looks > 0) await observing.volumeSeen(gone);
      return { kind: 'there', volumeId: gone.volume_id };
    }
    const elsewhere = await this.#migrated(gone, signal);
    if (elsewhere !== undefined) {
      await observing.volumeMigrated(gone, elsewhere, actor);
      return { kind: 'there', volumeId: elsewhere };
    }
    // While Fly has lost sight of the whole app it denies what is there (G10).
    await fly.getApp({ timeoutMs: lookTimeoutMs, signal });
    return { kind: 'missing', missed: await observing.volumeMissed(gone, actor) };
  }

  async #isThere(id: string, signal: AbortSignal): Promise<boolean> {
    const { fly, isGone, isVolumeGone } = this.#parts;
    try {
      return !isVolumeGone(await fly.getVolume(id, { timeoutMs: lookTimeoutMs, signal }));
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  /** A list only says where to look: the volume itself is asked. */
  async #migrated(gone: GoneMachine, signal: AbortSignal): Promise<string | undefined> {
    const listed = await this.#parts.fly.listVolumes({ timeoutMs: lookTimeoutMs, signal });
    const candidate = candidateOf(gone, listed);
    if (candidate === 'several') throw several(gone);
    return candidate && (await this.#isThere(candidate.id, signal)) ? candidate.id : undefined;
  }
}

function several(gone: GoneMachine): ValetError {
  return new ValetError('fly_failed', `Fly has several volumes named ${gone.volume_name}.`, {
    hint: `Which of them holds the data of project ${gone.project_id} cannot be told from here: delete the others.`,
    details: { project_id: gone.project_id, volume_name: gone.volume_name },
  });
}
