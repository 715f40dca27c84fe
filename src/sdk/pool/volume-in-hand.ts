import { ValetError } from '../errors.js';
import { type Backoff, backoffMs, pause } from '../http/backoff.js';

/** A volume that is there already and that a machine is to be made on. It stays its own row's until that has succeeded. */
export interface VolumeInHand {
  readonly id: string;
  /**
   * Resolves when there is reason to believe that no machine has it any more.
   *
   * @param isRefused Fly has just said that one still has it
   * @throws when that will not come to pass
   */
  readonly untilFree: (signal: AbortSignal, isRefused: boolean) => Promise<void>;
}

/** Together about four minutes: Fly frees a volume up to three minutes after its machine was destroyed. */
const maxTries = 18;
const backoff: Backoff = { firstMs: 1_000, maxMs: 20_000 };

/**
 * Makes a machine on it. Fly refuses that for minutes after the volume's last machine is gone; such a refusal has made
 * nothing, so the very same create is tried again.
 */
export async function madeOn<T>(volume: VolumeInHand, create: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await volume.untilFree(signal, attempt > 1);
    try {
      return await create();
    } catch (error) {
      if (attempt === maxTries || !isBound(error)) throw error;
      await pause(backoffMs(attempt, backoff), signal);
    }
  }
}

/** The same again, says the advice: of all refusals of a create only those that pass. */
function isBound(error: unknown): boolean {
  return error instanceof ValetError && error.code === 'fly_failed' && error.details?.advice === 'retry';
}
