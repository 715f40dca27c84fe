import { isMountable, stateAt, type VolumeState } from './states.js';
import { holderOf, isDeleted, type Volume } from './volume.js';

/** Whether a machine that is about to be created may have the volume. */
export type Claim =
  | { readonly kind: 'granted'; readonly volume: Volume }
  | { readonly kind: 'unknown' }
  /** The binding outlasts its machine for a while. */
  | { readonly kind: 'held'; readonly by: string; readonly holderDied: boolean }
  | { readonly kind: 'not_ready'; readonly state: VolumeState };

export function claimOf(volume: Volume | undefined, app: string, nowMs: number): Claim {
  if (volume?.app !== app || isDeleted(volume)) return { kind: 'unknown' };
  const by = holderOf(volume, nowMs);
  if (by !== undefined) return { kind: 'held', by, holderDied: volume.boundUntilMs !== undefined };
  const state = stateAt(volume.course, nowMs);
  return isMountable(state) ? { kind: 'granted', volume } : { kind: 'not_ready', state };
}
