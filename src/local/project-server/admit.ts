import type { KeptState, RestoreResult } from './kept-state.js';

/** A call of the machine protocol, as far as the decision whether to obey it goes. */
export type Call =
  | { readonly name: 'configure'; readonly epoch: number; readonly projectId: string }
  | { readonly name: 'restore' | 'archive' | 'resume'; readonly epoch: number };

export type Admission =
  /** Obey. `state` is to be on disk before anything is done. */
  | { readonly kind: 'proceed'; readonly state: KeptState }
  /** This epoch's restore is done already: answer as then, change nothing. */
  | { readonly kind: 'already_restored'; readonly result: RestoreResult }
  /** A newer decision was seen. */
  | { readonly kind: 'stale_epoch'; readonly epoch: number }
  | { readonly kind: 'other_project'; readonly projectId: string }
  | { readonly kind: 'not_configured' };

/**
 * Whether the machine obeys a call. What is refused leaves no trace: epochs come from one sequence for all projects, so
 * keeping the epoch of a call that was meant for another project would lock this one's rightful owner out.
 */
export function admit(kept: KeptState, call: Call): Admission {
  if (call.name === 'configure' && kept.project_id !== null && kept.project_id !== call.projectId) {
    return { kind: 'other_project', projectId: kept.project_id };
  }
  if (call.epoch < kept.epoch) return { kind: 'stale_epoch', epoch: kept.epoch };
  if (kept.project_id === null && (call.name === 'restore' || call.name === 'archive')) {
    return { kind: 'not_configured' };
  }
  if (call.name === 'resume' && kept.quiesced !== null && call.epoch <= kept.quiesced.epoch) {
    return { kind: 'stale_epoch', epoch: kept.epoch };
  }
  if (call.name === 'restore' && kept.restored?.swapped === true && kept.restored.epoch === call.epoch) {
    return { kind: 'already_restored', result: kept.restored.result };
  }
  return { kind: 'proceed', state: call.epoch === kept.epoch ? kept : { ...kept, epoch: call.epoch } };
}
