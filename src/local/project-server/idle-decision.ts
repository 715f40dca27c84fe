/** What the server sees of itself when it looks whether it may sleep. */
export interface IdleSight {
  /** False while the machine waits in the warm pool: whether it sleeps there is the control plane's decision. */
  readonly configured: boolean;
  /** While an archive is made of it. That ends by itself, and who wants the project back waits for this machine. */
  readonly quiesced: boolean;
  /** Requests and WebSockets, used or not. */
  readonly openConnections: number;
  /** Calls of the machine protocol that are not answered yet. */
  readonly openCalls: number;
  /** Whether the control plane was not told yet of some use. */
  readonly unreported: boolean;
  /** The process stood still since the last look: the machine slept and has just woken up. */
  readonly stoodStill: boolean;
  /** Whether an answer to the wish to sleep is still awaited. */
  readonly asking: boolean;
  readonly quietMs: number;
  /** Refusals since the machine was last disturbed. */
  readonly refusals: number;
}

export type IdleDecision =
  /** It is needed, or was until now: the quiet time begins anew. */
  | 'begin_anew'
  /** Nobody has used it, but it cannot sleep yet. */
  | 'wait'
  /** Tell the control plane of the last use; asleep it could not. */
  | 'report'
  | 'suspend';

/** After refusals it asks ever less often, but this often at least. */
const maxPauseMs = 15 * 60_000;

/**
 * Whether an idle machine puts itself to sleep. A call of the machine protocol holds that up while it lasts, but does not
 * count as use: nobody but the project's people keeps it awake.
 *
 * @param afterMs how long it must have been quiet
 */
export function idleDecision(sight: IdleSight, afterMs: number): IdleDecision {
  if (!sight.configured || sight.quiesced || sight.stoodStill || sight.openConnections > 0) return 'begin_anew';
  if (sight.asking || sight.openCalls > 0) return 'wait';
  if (sight.quietMs < neededQuietMs(afterMs, sight.refusals)) return 'wait';
  return sight.unreported ? 'report' : 'suspend';
}

function neededQuietMs(afterMs: number, refusals: number): number {
  return Math.min(afterMs * 2 ** refusals, Math.max(afterMs, maxPauseMs));
}
