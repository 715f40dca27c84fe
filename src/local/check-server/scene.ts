import type { Group } from './claim.js';
import type { Trial } from './trial.js';

export type SceneName = 'arrival' | 'configure' | 'epochs' | 'archive' | 'cancel' | 'restart' | 'restore' | 'edges';

/** Some calls in a row, and what is judged by their answers. */
export interface Scene {
  readonly name: SceneName;
  /** Groups that are judged here, at least in part. */
  readonly groups: readonly Group[];
  /** Scenes that must have been played before, and have gone well. */
  readonly needs: readonly SceneName[];
  /** @throws CannotGoOn when what follows makes no sense any more */
  play(trial: Trial): Promise<void>;
}
